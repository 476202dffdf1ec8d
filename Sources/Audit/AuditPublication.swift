package import Groundwork
package import Storage

/// What everybody may ask of the log over HTTP: checkpoints, and proofs about them. No event's content.
///
/// Each answer costs a number of look-ups that grows with the logarithm of the log alone.
package struct AuditPublication: Sendable {
    private let database: Database
    /// Every key that signs or signed checkpoints, the newest first.
    private let keys: @Sendable () async throws -> [CheckpointKey]

    package init(database: Database, keys: @escaping @Sendable () async throws -> [CheckpointKey]) {
        self.database = database
        self.keys = keys
    }

    /// Which event an inclusion proof is about.
    package enum Leaf: Sendable, Hashable {
        case event(AuditEventIdentifier)
        case number(Int)
    }

    /// As an export's `key.pem` has them: PEM, and before each key that ended a line that says when.
    package func publicKeys() async throws -> String { try await keys().map(\.text).joined() }

    /// - Throws: `audit.unknown-checkpoint` before the first.
    package func latest() async throws -> CanonicalJSON {
        try await database.read { transaction in try Self.json(try Self.newest(in: transaction), in: transaction) }
    }

    /// The checkpoint of exactly that size.
    /// - Throws: `audit.unknown-checkpoint`.
    package func checkpoint(size: Int) async throws -> CanonicalJSON {
        try await database.read { transaction in
            guard let signed = try CheckpointStore.checkpoint(size: size, in: transaction) else {
                throw Refusal(AuditRefusal.unknownCheckpoint, facts: ["checkpoint": "\(size)"])
            }
            return try Self.json(signed, in: transaction)
        }
    }

    /// That an event is among the first `size` (the newest checkpoint's, if none is given).
    /// - Throws: `audit.unknown-event`, `audit.proof-range`.
    package func inclusion(of leaf: Leaf, size: Int?) async throws -> CanonicalJSON {
        try await database.read { transaction in
            let newest = try Self.newest(in: transaction).checkpoint
            let size = size ?? newest.size
            let number: Int?
            switch leaf {
            case .number(let given): number = given
            case .event(let event):
                guard let row = try transaction.first("SELECT leaf FROM audit_event WHERE id = $1", event) else {
                    throw Refusal(AuditRefusal.unknownEvent, detail: event.shown)
                }
                number = try row.optionalInteger("leaf").map(Int.init)
            }
            guard let number, number >= 0, number < size, size <= newest.size else { throw Self.range(newest) }
            let prover = AuditTree.prover(in: transaction)
            return [
                "leaf": .integer(Int64(number)), "size": .integer(Int64(size)),
                "leaf_hash": .string(
                    Hex.encode(try AuditTree.node(MerklePosition(level: 0, position: number), in: transaction))),
                "root": .string(Hex.encode(try prover.root(size: size))),
                "path": AuditProof.json(try prover.inclusion(of: number, size: size)),
            ]
        }
    }

    /// That the first `first` events are the beginning of the first `second`.
    /// - Throws: `audit.proof-range`.
    package func consistency(first: Int, second: Int) async throws -> CanonicalJSON {
        try await database.read { transaction in
            let newest = try Self.newest(in: transaction).checkpoint
            guard first > 0, first <= second, second <= newest.size else { throw Self.range(newest) }
            let prover = AuditTree.prover(in: transaction)
            return [
                "first": .integer(Int64(first)), "second": .integer(Int64(second)),
                "first_root": .string(Hex.encode(try prover.root(size: first))),
                "second_root": .string(Hex.encode(try prover.root(size: second))),
                "path": AuditProof.json(try prover.consistency(from: first, to: second)),
            ]
        }
    }

    private static func newest(in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint {
        guard let newest = try CheckpointStore.newest(in: transaction) else {
            throw Refusal(AuditRefusal.unknownCheckpoint, facts: ["checkpoint": "0"])
        }
        return newest
    }

    private static func range(_ newest: Checkpoint) -> Refusal {
        Refusal(AuditRefusal.proofRange, facts: ["size": "\(newest.size)"])
    }

    /// The signed bytes, what they say in words, and whether an officer counter-signed it or a later one.
    private static func json(
        _ signed: SignedCheckpoint, in transaction: any ReadTransaction
    ) throws(Refusal) -> CanonicalJSON {
        let checkpoint = signed.checkpoint
        let countersigned = try CountersignatureStore.newest(in: transaction)
        var members = signed.json.object ?? [:]
        members["number"] = .integer(Int64(checkpoint.number))
        members["size"] = .integer(Int64(checkpoint.size))
        members["root"] = .string(Hex.encode(checkpoint.root))
        members["time"] = .string(checkpoint.time.rfc3339)
        members["last_countersigned"] = countersigned.map { .integer(Int64($0.number)) } ?? .null
        return .object(members)
    }
}
