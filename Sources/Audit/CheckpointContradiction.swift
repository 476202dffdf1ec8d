package import Groundwork
package import Storage

/// How a stored log contradicts a checkpoint that somebody kept elsewhere.
package enum CheckpointContradiction: Sendable, Hashable {
    /// The log has fewer leaves than the checkpoint says that it had.
    case shorter(held: Int, stored: Int)
    /// It has as many, or more, and they lead to another root.
    case otherRoot(size: Int)

    package var text: String {
        switch self {
        case .shorter(let held, let stored): "a checkpoint of \(held) events is kept, the store has \(stored)"
        case .otherRoot(let size): "the store's first \(size) events are not those of the kept checkpoint"
        }
    }
}

extension Checkpoint {
    /// Whether the stored log leads to this checkpoint; costs its tree's height.
    package func contradiction(in transaction: any ReadTransaction) throws(Refusal) -> CheckpointContradiction? {
        let head = try AuditTree.head(in: transaction)
        guard let head, head.size >= size else { return .shorter(held: size, stored: head?.size ?? 0) }
        guard head.origin == origin, try AuditTree.frontier(at: size, in: transaction)?.root == root else {
            return .otherRoot(size: size)
        }
        return nil
    }
}

/// The head of the stored log.
package struct AuditHead: Sendable, Hashable {
    /// How many events it has.
    package let size: Int
    /// RFC 6962's root over them.
    package let root: [UInt8]

    package init(in transaction: any ReadTransaction) throws(Refusal) {
        size = try AuditTree.head(in: transaction)?.size ?? 0
        root = try AuditTree.frontier(at: size, in: transaction)?.root ?? []
    }
}
