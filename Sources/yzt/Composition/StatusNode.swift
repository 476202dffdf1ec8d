import CertificateAuthority
import Groundwork
import Logging
import ServiceLifecycle
import Storage

/// Which part this node has in answering for certificates' status: section `status` of the configuration.
struct StatusNode: Codable, Sendable {
    enum Role: String, Codable, Sendable { case primary, replica }

    var role: Role
    /// A replica answers from a copy of the store that is at most this old, and says tryLater beyond.
    var boundSeconds: Int?
    /// A primary with replicas leaves a sign of life in the store this often.
    var heartbeatSeconds: Int?
}

extension ServiceConfiguration {
    /// - Throws: `command.bad-argument` where a member does not belong to the role or is out of range.
    func statusNode() throws(Refusal) -> StatusNode {
        guard let node = status else { return StatusNode(role: .primary) }
        func wrong(_ key: String) -> Refusal { Refusal(CommandRefusal.badArgument, facts: ["argument": key]) }
        switch node.role {
        case .primary:
            guard node.boundSeconds == nil else { throw wrong("status.boundSeconds") }
            guard node.heartbeatSeconds.map({ (1...60).contains($0) }) ?? true else {
                throw wrong("status.heartbeatSeconds")
            }
        case .replica:
            guard node.heartbeatSeconds == nil else { throw wrong("status.heartbeatSeconds") }
            guard let bound = node.boundSeconds, (5...3600).contains(bound) else { throw wrong("status.boundSeconds") }
        }
        return node
    }
}

/// A primary's sign of life, for its replicas.
struct HeartbeatService: Service {
    let open: OpenAuthority
    let seconds: Int
    let logger: Logger

    func run() async throws {
        await beat()
        for await _ in Ticks(every: .seconds(seconds)).cancelOnGracefulShutdown() { await beat() }
    }

    /// Without it replicas say tryLater after their bound: it is tried again at the next moment.
    private func beat() async {
        do { try await StatusHeartbeat.beat(open.database, at: open.surroundings.now()) } catch {
            logger.warning("heartbeat", metadata: ["error": "\(error)"])
        }
    }
}
