internal import Groundwork
internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import NIOHTTP1

/// Between the HTTP/1 codec and whoever answers: what ``ConnectionState`` decides is done here. A request that HTTP
/// itself forbids is refused before anybody sees it.
final class ConnectionGuard: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let address: AddressConnections
    private let number: ConnectionTable.Number?
    private var state: ConnectionState
    private var timer: Scheduled<Void>?
    /// The moment that ``timer`` waits for.
    private var armedFor: UInt64?
    private var responseBytes = 0

    init(_ address: AddressConnections, number: ConnectionTable.Number?) {
        self.address = address
        self.number = number
        state = ConnectionState(limits: address.limits, at: Self.now)
    }

    private static var now: UInt64 { NIODeadline.now().uptimeNanoseconds }

    // MARK: What comes

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        guard state.reads else { return throwAway(part, context) }
        switch part {
        case .head(let head):
            if let refusal = RequestRules.refusal(of: head) {
                return refuse(refusal, preferringEnglish: RequestRules.prefersEnglish(head), context)
            }
            let isAlone = state.phase == .waiting
            state.head(isLast: !head.isKeepAlive || head.version.minor == 0, at: Self.now)
            arm(context)
            if isAlone, RequestRules.expectsContinue(head) {
                let part = HTTPServerResponsePart.head(HTTPResponseHead(version: .http1_1, status: .continue))
                context.writeAndFlush(wrapOutboundOut(part), promise: nil)
            }
        case .body: break
        case .end:
            state.end()
            note(isWaiting: false)
        }
        context.fireChannelRead(data)
    }

    private func throwAway(_ part: HTTPServerRequestPart, _ context: ChannelHandlerContext) {
        guard case .body(let bytes) = part, state.threwAway(bytes.readableBytes) else { return }
        context.close(promise: nil)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        // Nobody above asks for more once the last response is written.
        if state.phase == .draining { context.read() }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        guard error is HTTPParserError else { return context.fireErrorCaught(error) }
        switch state.phase {
        case .waiting:
            let isUnknownMethod = error as? HTTPParserError == .invalidMethod
            refuse(
                isUnknownMethod
                    ? Refusal(WebServiceRefusal.methodUnknown)
                    : Refusal(WebServiceRefusal.malformedRequest, detail: "\(error)", facts: ["what": "HTTP/1.1"]),
                preferringEnglish: false, context)
        case .receiving:
            // Whoever reads the body is told, and answers.
            state.cutOff(at: Self.now)
            arm(context)
            context.fireErrorCaught(error)
        case .responding: _ = state.endsSoon()
        case .draining: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            if state.endsSoon() { context.close(promise: nil) }
        case ChannelEvent.inputClosed where state.phase == .draining: context.close(promise: nil)
        default: context.fireUserInboundEventTriggered(event)
        }
    }

    // MARK: What goes

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .head(var head):
            guard state.phase != .draining else {
                promise?.fail(ChannelError.ioOnClosedChannel)
                return
            }
            responseBytes = 0
            if state.responseBegins() { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .body(let body):
            responseBytes += body.readableBytes
            context.write(data, promise: promise)
        case .end: end(context, data, promise)
        }
    }

    private func end(_ context: ChannelHandlerContext, _ data: NIOAny, _ promise: EventLoopPromise<Void>?) {
        let isLast = state.responseEnds(bytes: responseBytes, at: Self.now)
        if state.phase == .waiting { note(isWaiting: true) }
        arm(context)
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] result in
            state.flushed()
            guard isLast else { return }
            if case .failure = result { return context.close(promise: nil) }
            drain(context)
        }
        if let promise { written.futureResult.cascade(to: promise) }
        context.write(data, promise: written)
    }

    /// Says that nothing more comes, and gives the client a moment to read what came (RFC 9112, 9.6).
    private func drain(_ context: ChannelHandlerContext) {
        state.drain(at: Self.now)
        note(isWaiting: true)
        arm(context)
        context.close(mode: .output, promise: nil)
        context.read()
    }

    private func refuse(_ refusal: Refusal, preferringEnglish: Bool, _ context: ChannelHandlerContext) {
        guard state.mayRespond, state.phase == .waiting else {
            // An answer to an earlier request is on its way; the connection ends with it.
            _ = state.endsSoon()
            return
        }
        Counted.refusals.add(refusal.code)
        let problem = ProblemDetails(refusal)
        Counted.httpRequests.add(address.name, "\(problem.status.code / 100)xx")
        state.head(isLast: true, at: Self.now)
        state.end()
        var fields = problem.fields(preferringEnglish: preferringEnglish)
        SecurityHeaders<AddressContext>.set(in: &fields)
        let body = ByteBuffer(bytes: problem.body(preferringEnglish: preferringEnglish).bytes)
        fields[.contentLength] = String(body.readableBytes)
        let status = HTTPResponseStatus(statusCode: problem.status.code, reasonPhrase: problem.status.reasonPhrase)
        let headers = HTTPHeaders(fields.map { ($0.name.rawName, $0.value) })
        let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
        write(context: context, data: wrapOutboundOut(.head(head)), promise: nil)
        write(context: context, data: wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        write(context: context, data: wrapOutboundOut(.end(nil)), promise: nil)
        context.flush()
    }

    // MARK: Time

    func handlerAdded(context: ChannelHandlerContext) { arm(context) }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
    }

    /// One timer for each connection: it looks at the deadline of that moment, and is set again for a later one.
    private func arm(_ context: ChannelHandlerContext) {
        guard let deadline = state.deadline, deadline < armedFor ?? .max else { return }
        timer?.cancel()
        armedFor = deadline
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: .uptimeNanoseconds(deadline)) { [self] in
            timer = nil
            armedFor = nil
            switch state.timedOut(at: Self.now) {
            case .close: context.close(promise: nil)
            case .cutOff:
                context.fireErrorCaught(RequestTooSlow())
                arm(context)
            case .later, nil: arm(context)
            }
        }
    }

    private func note(isWaiting: Bool) {
        if let number { address.table.note(number, isWaiting: isWaiting) }
    }
}

@available(*, unavailable)
extension ConnectionGuard: Sendable {}

/// The rest of a request did not come in its time.
struct RequestTooSlow: Error {}
