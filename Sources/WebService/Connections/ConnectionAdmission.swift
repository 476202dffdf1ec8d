internal import Groundwork
internal import Logging
internal import NIOCore

/// Before the listener's other handlers: who comes is counted and let in or closed; that the machine has no file left
/// for another connection ends nothing, but is waited for.
final class ConnectionAdmission: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = any Channel

    private let address: AddressConnections
    private let logger: Logger
    private var nextRead = NIODeadline.uptimeNanoseconds(0)
    private var scheduled: Scheduled<Void>?
    private var nextComplaint = NIODeadline.uptimeNanoseconds(0)

    init(_ address: AddressConnections, logger: Logger) {
        self.address = address
        self.logger = logger
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let channel = unwrapInboundIn(data)
        switch address.admit(channel) {
        case .admitted: context.fireChannelRead(data)
        case .refused(let reason):
            Counted.connectionsRefused.add(address.name, reason.rawValue)
            channel.close(promise: nil)
        }
    }

    /// Most likely no more files (EMFILE, ENFILE) or no memory for a socket. Passed on, it would end the listener.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        Counted.connectionsRefused.add(address.name, "no-file")
        let now = NIODeadline.now()
        nextRead = now + .milliseconds(200)
        guard now >= nextComplaint else { return }
        nextComplaint = now + .seconds(60)
        logger.error(
            "a connection could not be accepted", metadata: ["address": "\(address.name)", "error": "\(error)"])
    }

    func read(context: ChannelHandlerContext) {
        guard NIODeadline.now() < nextRead else { return context.read() }
        guard scheduled == nil else { return }
        scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: nextRead) {
            self.scheduled = nil
            context.read()
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        scheduled?.cancel()
        scheduled = nil
        context.fireChannelInactive()
    }
}

@available(*, unavailable)
extension ConnectionAdmission: Sendable {}
