package import Groundwork
internal import Registration

/// Which part this node has in answering for certificates' status: section `status` of the configuration.
package struct StatusNode: Codable, Sendable {
    /// Whether the node holds the store, or a copy of it.
    package enum Role: String, Codable, Sendable { case primary, replica }

    package var role: Role
    /// A replica answers from a copy of the store that is at most this old, and says tryLater beyond.
    package var boundSeconds: Int?
    /// A primary with replicas leaves a sign of life in the store this often.
    package var heartbeatSeconds: Int?

    init(role: Role) { self.role = role }
}

extension ServiceConfiguration {
    /// - Throws: `command.bad-argument` where a member does not belong to the role or is out of range.
    package func statusNode() throws(Refusal) -> StatusNode {
        guard let node = status else { return StatusNode(role: .primary) }
        func wrong(_ key: String) -> Refusal { Refusal(RegistrationRefusal.badArgument, facts: ["argument": key]) }
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
