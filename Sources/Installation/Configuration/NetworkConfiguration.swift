package import Groundwork
internal import Registration

/// What clients of the four addresses may take of this machine: section `network` of the configuration. Whatever is
/// absent has the default that the member names.
package struct NetworkConfiguration: Codable, Sendable {
    /// Connections that may be open at once.
    package struct Connections: Codable, Sendable {
        /// On the status address: 4,096.
        package var status: Int?
        /// On the login address: 2,048.
        package var login: Int?
        /// On the public address: 2,048.
        package var `public`: Int?
        /// On the staff address: 256.
        package var staff: Int?
        /// Of one client (IPv6: of one /64) on one address: 128. Trusted proxies have no such limit.
        package var perClient: Int?
    }

    /// Seconds after which a connection is given up.
    package struct Seconds: Codable, Sendable {
        /// From the connection to the end of the first request's header section: 15.
        package var head: Int?
        /// From the end of the header section to the end of the request: 30.
        package var body: Int?
        /// Between two requests on one connection: 60.
        package var idle: Int?
    }

    /// Reverse proxies whose X-Forwarded-For is believed: this machine (127.0.0.0/8 and ::1) if absent.
    package var trustedProxies: [IPNetwork]?
    package var connections: Connections?
    package var seconds: Seconds?
}

/// The same with every default filled in and checked.
package struct NetworkLimits: Sendable, Hashable {
    package var trustedProxies: [IPNetwork]
    /// Connections at once on each address.
    package var connections: [ServiceAddress: Int]
    /// Connections at once of one client on one address.
    package var connectionsPerClient: Int
    package var headSeconds: Int
    package var bodySeconds: Int
    package var idleSeconds: Int

    /// Files that the process needs besides connections: the store, its log, keys, libraries' own.
    package static let filesBesides = 256

    /// The defaults.
    package init() {
        trustedProxies = ["127.0.0.0/8", "::1"].compactMap { IPNetwork($0) }
        connections = [.status: 4096, .login: 2048, .public: 2048, .staff: 256]
        connectionsPerClient = 128
        headSeconds = 15
        bodySeconds = 30
        idleSeconds = 60
    }

    /// Open files that all of it needs.
    package var filesNeeded: Int { connections.values.reduce(Self.filesBesides, +) }

    /// The limits under a lower limit of open files: each address keeps its part, so that none can take another's. The
    /// staff address keeps at least 16.
    package func fitting(_ files: OpenFileLimit) -> NetworkLimits {
        guard files.soft < filesNeeded else { return self }
        var fitting = self
        let free = max(64, files.soft - min(Self.filesBesides, files.soft / 4))
        let wanted = connections.values.reduce(0, +)
        for (address, count) in connections {
            fitting.connections[address] = min(count, max(16, count * free / max(1, wanted)))
        }
        return fitting
    }

    /// Connections at once of one client on this address: never more than half of the address, so that nobody fills it.
    package func perClient(on address: ServiceAddress) -> Int {
        max(1, min(connectionsPerClient, (connections[address] ?? 2) / 2))
    }
}

extension ServiceConfiguration {
    /// - Throws: `command.bad-argument` where a number is out of range.
    package func networkLimits() throws(Refusal) -> NetworkLimits {
        var limits = NetworkLimits()
        guard let network else { return limits }
        func number(_ value: Int?, _ name: String, _ range: ClosedRange<Int>, _ usual: Int) throws(Refusal) -> Int {
            guard let value else { return usual }
            guard range.contains(value) else {
                throw Refusal(
                    RegistrationRefusal.badArgument,
                    facts: ["argument": "network.\(name) (\(range.lowerBound)–\(range.upperBound))"])
            }
            return value
        }
        limits.trustedProxies = network.trustedProxies ?? limits.trustedProxies
        let asked = network.connections
        for (address, value) in [
            (ServiceAddress.status, asked?.status), (.login, asked?.login), (.public, asked?.public),
            (.staff, asked?.staff),
        ] {
            limits.connections[address] = try number(
                value, "connections.\(address.rawValue)", 16...100_000, limits.connections[address] ?? 16)
        }
        limits.connectionsPerClient = try number(
            asked?.perClient, "connections.perClient", 1...100_000, limits.connectionsPerClient)
        let seconds = network.seconds
        limits.headSeconds = try number(seconds?.head, "seconds.head", 1...600, limits.headSeconds)
        limits.bodySeconds = try number(seconds?.body, "seconds.body", 1...600, limits.bodySeconds)
        limits.idleSeconds = try number(seconds?.idle, "seconds.idle", 1...600, limits.idleSeconds)
        return limits
    }
}
