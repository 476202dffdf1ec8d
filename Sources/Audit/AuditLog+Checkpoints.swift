package import Cryptography
package import Groundwork
package import Storage

extension AuditLog {
    /// Signs the state of the log, if anything happened since the last checkpoint; otherwise gives that one back.
    ///
    /// A log whose head does not follow from the last checkpoint is not signed (`audit.tampered`); see
    /// ``AuditHeadCheck``. Signing and stamping take place outside the store's transaction. `timeStamp` receives the
    /// bytes to be stamped (``SignedCheckpoint/stamped(body:signature:)``) and answers with a token; when it fails, or
    /// comes so late that the two times would contradict each other (``AuditTrust/stampWithinSeconds``), no checkpoint
    /// is kept and the same call may be made again. When another process was faster, its checkpoint is as good.
    ///
    /// - Parameters:
    ///   - trusting: earlier keys of the audit, which may have signed the last checkpoint.
    ///   - held: a checkpoint kept outside the store, which must be one of its.
    ///   - mayStore: throws where the key may sign no more, in the transaction that would keep what it signed: so none
    ///     of a key's checkpoints is kept after its end.
    package func checkpoint(
        database: Database, signer: any Signer, trusting keys: [PublicKey] = [], held: Checkpoint? = nil,
        timeStamp: (@Sendable ([UInt8]) async throws -> [UInt8])? = nil,
        mayStore: @escaping @Sendable (any ReadTransaction) throws -> Void = { _ in },
        observer: AuditObserver = { _ in }
    ) async throws -> SignedCheckpoint {
        let trust = AuditTrust(keys: [signer.publicKey] + keys)
        let (draft, newest) = try await database.read { transaction in
            let faults = try AuditHeadCheck(trust: trust, held: held, transaction: transaction).faults()
            if let refusal = AuditVerdict.refusal(for: faults) { throw refusal }
            return try nextCheckpoint(in: transaction)
        }
        guard let draft else {
            guard let newest else { throw Refusal(AuditRefusal.nothingToSign) }
            return newest
        }
        try await observer(.checkpointDrafted)
        let signature = try await signer.sign(draft.body)
        Counted.signatures.add("checkpoint")
        try await observer(.checkpointSigned)
        let token = try await timeStamp?(SignedCheckpoint.stamped(body: draft.body, signature: signature))
        if timeStamp != nil, abs(surroundings.now().seconds - draft.time.seconds) > AuditTrust.stampWithinSeconds {
            throw Refusal(AuditRefusal.stampedTooLate, facts: ["seconds": "\(AuditTrust.stampWithinSeconds)"])
        }
        try await observer(.checkpointStamped)
        let signed = SignedCheckpoint(checkpoint: draft, signature: signature, token: token)
        let stored = try await database.write { transaction in
            if let other = try CheckpointStore.newest(in: transaction), other.checkpoint.number >= draft.number {
                guard other.checkpoint.size >= draft.size else {
                    throw Refusal(AuditRefusal.checkpointContested, detail: "number \(draft.number)")
                }
                return other
            }
            try mayStore(transaction)
            try CheckpointStore.insert(signed, in: transaction)
            return signed
        }
        try await observer(.checkpointStored)
        return stored
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

    /// What a receipt prints of the newest checkpoint, so that every customer holds one.
    package func latestCheckpointSummary(in transaction: any ReadTransaction) throws(Refusal) -> CheckpointSummary? {
        try CheckpointStore.newest(in: transaction).map { CheckpointSummary($0.checkpoint) }
    }

    /// How many events have a place in the tree.
    package static func size(in transaction: any ReadTransaction) throws(Refusal) -> Int {
        try AuditTree.head(in: transaction)?.size ?? 0
    }

    /// That the tree of one checkpoint is the beginning of another's.
    package func consistencyProof(
        from old: Int, to size: Int, in transaction: any ReadTransaction
    ) throws -> [[UInt8]] {
        try AuditTree.prover(in: transaction).consistency(from: old, to: size)
    }
}

/// A checkpoint in a few printed characters.
package struct CheckpointSummary: Hashable, Sendable {
    package let number: Int
    package let size: Int
    package let time: Instant
    /// The root, 64 hexadecimal digits: with size and number all that a later verification needs.
    package let root: String

    init(_ checkpoint: Checkpoint) {
        number = checkpoint.number
        size = checkpoint.size
        time = checkpoint.time
        root = Hex.encode(checkpoint.root)
    }

    /// One line for a receipt, the root in groups of eight digits.
    package var text: LocalisedText {
        let digits = Array(root)
        let groups = stride(from: 0, to: digits.count, by: 8).map { String(digits[$0..<min($0 + 8, digits.count)]) }
        let shown = groups.joined(separator: " ")
        return LocalisedText(
            zh: "审计检查点 \(number)，\(size) 条，\(time.shown)：\(shown)",
            en: "audit checkpoint \(number), \(size) events, \(time.shown): \(shown)")
    }
}

/// The checkpoints' table.
enum CheckpointStore {
    private static let columns = "number, size, body, signature, token"

    static func newest(in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint? {
        try transaction.first("SELECT \(columns) FROM audit_checkpoint ORDER BY number DESC LIMIT 1")
            .map(signedCheckpoint)
    }

    static func checkpoint(number: Int, in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint? {
        try transaction.first("SELECT \(columns) FROM audit_checkpoint WHERE number = $1", number)
            .map(signedCheckpoint)
    }

    /// The one of exactly that size.
    static func checkpoint(size: Int, in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint? {
        try transaction.first("SELECT \(columns) FROM audit_checkpoint WHERE size = $1", size).map(signedCheckpoint)
    }

    /// The first checkpoint that covers the leaf.
    static func covering(leaf: Int, in transaction: any ReadTransaction) throws(Refusal) -> SignedCheckpoint? {
        try transaction.first(
            "SELECT \(columns) FROM audit_checkpoint WHERE size > $1 ORDER BY size LIMIT 1", leaf
        ).map(signedCheckpoint)
    }

    /// Some checkpoints after a number, in order.
    static func page(
        after number: Int, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SignedCheckpoint] {
        var found: [SignedCheckpoint] = []
        for row in try transaction.query(
            "SELECT \(columns) FROM audit_checkpoint WHERE number > $1 ORDER BY number LIMIT $2", number, limit)
        { found.append(try signedCheckpoint(row)) }
        return found
    }

    static func insert(_ signed: SignedCheckpoint, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "INSERT INTO audit_checkpoint (\(columns)) VALUES ($1, $2, $3, $4, $5)", signed.checkpoint.number,
            signed.checkpoint.size, signed.checkpoint.body, signed.signature, signed.token)
    }

    private static func signedCheckpoint(_ row: Row) throws(Refusal) -> SignedCheckpoint {
        let (number, size) = (try row.integer("number"), try row.integer("size"))
        guard let checkpoint = Checkpoint(body: try row.blob("body")), checkpoint.number == number,
            checkpoint.size == size
        else { throw Refusal(AuditRefusal.treeDamaged, detail: "checkpoint \(number)") }
        return SignedCheckpoint(
            checkpoint: checkpoint, signature: try row.blob("signature"), token: try row.optionalBlob("token"))
    }
}
