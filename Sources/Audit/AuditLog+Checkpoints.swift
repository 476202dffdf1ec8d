package import Cryptography
package import Groundwork
package import Storage

extension AuditLog {
    /// Signs the state of the log, if anything happened since the last checkpoint; otherwise gives that one back.
    ///
    /// Signing and stamping take place outside the store's transaction. `timeStamp` receives the bytes to be stamped
    /// (``SignedCheckpoint/stamped(body:signature:)``) and answers with a token; when it fails, no checkpoint is kept
    /// and the same call may be made again. When another process was faster, its checkpoint is as good.
    package func checkpoint(
        database: Database, signer: any Signer, timeStamp: (@Sendable ([UInt8]) async throws -> [UInt8])? = nil
    ) async throws -> SignedCheckpoint {
        let (draft, newest) = try await database.read { transaction in try nextCheckpoint(in: transaction) }
        guard let draft else {
            guard let newest else { throw Refusal(AuditRefusal.nothingToSign) }
            return newest
        }
        let signature = try await signer.sign(draft.body)
        let token = try await timeStamp?(SignedCheckpoint.stamped(body: draft.body, signature: signature))
        let signed = SignedCheckpoint(checkpoint: draft, signature: signature, token: token)
        return try await database.write { transaction in
            if let other = try CheckpointStore.newest(in: transaction), other.checkpoint.number >= draft.number {
                guard other.checkpoint.size >= draft.size else {
                    throw Refusal(AuditRefusal.checkpointContested, detail: "number \(draft.number)")
                }
                return other
            }
            try CheckpointStore.insert(signed, in: transaction)
            return signed
        }
    }

    /// What is to be signed next (`nil` if nothing happened), and the newest checkpoint.
    private func nextCheckpoint(in transaction: any ReadTransaction) throws -> (Checkpoint?, SignedCheckpoint?) {
        let newest = try CheckpointStore.newest(in: transaction)
        guard let head = try AuditTree.head(in: transaction), head.size > newest?.checkpoint.size ?? 0 else {
            return (nil, newest)
        }
        let root = try AuditTree.prover(in: transaction).root(size: head.size)
        let draft = Checkpoint(
            origin: head.origin, number: (newest?.checkpoint.number ?? -1) + 1, size: head.size, root: root,
            time: surroundings.now(), previous: newest?.checkpoint.hash)
        return (draft, newest)
    }

    /// The newest checkpoint, if there is one.
    package func newestCheckpoint(in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint? {
        try CheckpointStore.newest(in: transaction)
    }

    /// That the tree of one checkpoint is the beginning of another's.
    package func consistencyProof(
        from old: Int, to size: Int, in transaction: any ReadTransaction
    ) throws -> [[UInt8]] {
        try AuditTree.prover(in: transaction).consistency(from: old, to: size)
    }
}

/// The checkpoints' table.
enum CheckpointStore {
    private static let columns = "number, size, body, signature, token"

    static func newest(in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint? {
        try transaction.first("SELECT \(columns) FROM audit_checkpoint ORDER BY number DESC LIMIT 1")
            .map(signedCheckpoint)
    }

    /// The first checkpoint that covers the leaf.
    static func covering(leaf: Int, in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint? {
        try transaction.first(
            "SELECT \(columns) FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT 1", leaf
        ).map(signedCheckpoint)
    }

    static func all(in transaction: any ReadTransaction) throws(Refusal) -> [SignedCheckpoint] {
        var found: [SignedCheckpoint] = []
        for row in try transaction.query("SELECT \(columns) FROM audit_checkpoint ORDER BY number") {
            found.append(try signedCheckpoint(row))
        }
        return found
    }

    static func insert(_ signed: SignedCheckpoint, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "INSERT INTO audit_checkpoint (\(columns)) VALUES ($1, $2, $3, $4, $5)", signed.checkpoint.number,
            signed.checkpoint.size, signed.checkpoint.body, signed.signature, signed.token)
    }

    private static func signedCheckpoint(_ row: Row) throws(Refusal) -> SignedCheckpoint {
        guard let checkpoint = Checkpoint(body: try row.blob("body")) else {
            throw Refusal(AuditRefusal.treeDamaged, detail: "checkpoint \(try row.integer("number"))")
        }
        return SignedCheckpoint(
            checkpoint: checkpoint, signature: try row.blob("signature"), token: try row.optionalBlob("token"))
    }
}
