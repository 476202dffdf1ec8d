internal import Groundwork
internal import Installation
internal import NIOCore
internal import Synchronization

/// The connections of one address, by channel: which number each has in the table.
final class AddressConnections: Sendable {
    let name: String
    let table: ConnectionTable
    let limits: ConnectionState.Limits
    private let proxies: TrustedProxies
    private let numbers = Mutex<[ObjectIdentifier: ConnectionTable.Number]>([:])

    init(_ serviceAddress: ServiceAddress, _ limits: NetworkLimits) {
        name = serviceAddress.rawValue
        table = ConnectionTable(
            most: limits.connections[serviceAddress] ?? 1, perClient: limits.perClient(on: serviceAddress))
        self.limits = ConnectionState.Limits(
            head: UInt64(limits.headSeconds) * 1_000_000_000, body: UInt64(limits.bodySeconds) * 1_000_000_000,
            idle: UInt64(limits.idleSeconds) * 1_000_000_000)
        proxies = TrustedProxies(limits.trustedProxies)
    }

    func admit(_ channel: any Channel) -> ConnectionTable.Verdict {
        let peer = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
        let client = peer.map { proxies.contain($0) ? nil : ClientAddress($0) } ?? .unknown
        let verdict = table.admit(client) { channel.close(promise: nil) }
        guard case .admitted(let number) = verdict else { return verdict }
        let key = ObjectIdentifier(channel)
        numbers.withLock { $0[key] = number }
        channel.closeFuture.whenComplete { [self] _ in
            numbers.withLock { $0[key] = nil }
            table.remove(number)
        }
        return verdict
    }

    func number(of channel: any Channel) -> ConnectionTable.Number? {
        numbers.withLock { $0[ObjectIdentifier(channel)] }
    }
}
