internal import AgentProtocol
internal import Groundwork
internal import Storage

/// What the store knows about the escrow's moves to other wrapping keys.
enum VaultRewrapStore {
    enum Phase: String, Sendable {
        /// Two officers want it; the file may not have the key yet.
        case ordered
        /// The file has it: new envelopes are sealed with it, old ones are being moved.
        case moving
        case done
    }

    struct Job: Sendable, Hashable {
        let keyIdentifier: String
        let masterVersion: Int?
        var phase: Phase
        /// The last medium whose envelopes were moved.
        var position: [UInt8]
        var moved: Int
        var unreadable: Int
    }

    /// Which key seals, in every process; `nil`: the one that the file says.
    static func sealingKey(in transaction: any ReadTransaction) throws(Refusal) -> String? {
        try transaction.first("SELECT key_id FROM escrow_rewrap WHERE phase <> 'ordered' ORDER BY id DESC LIMIT 1")?
            .text("key_id")
    }

    static func unfinished(in transaction: any ReadTransaction) throws(Refusal) -> Job? {
        try transaction.first(
            """
            SELECT key_id, master_version, phase, position, moved, unreadable FROM escrow_rewrap
            WHERE phase <> 'done' ORDER BY id LIMIT 1
            """
        ).map { row throws(Refusal) in
            Job(
                keyIdentifier: try row.text("key_id"),
                masterVersion: try row.optionalInteger("master_version").map(Int.init),
                phase: try row.choice("phase"), position: try row.blob("position"),
                moved: Int(try row.integer("moved")),
                unreadable: Int(try row.integer("unreadable")))
        }
    }

    static func finished(_ keyIdentifier: String, in transaction: any ReadTransaction) throws(Refusal) -> Job {
        let row = try transaction.first(
            "SELECT master_version, moved, unreadable FROM escrow_rewrap WHERE key_id = $1", keyIdentifier)
        return Job(
            keyIdentifier: keyIdentifier, masterVersion: try row?.optionalInteger("master_version").map { Int($0) },
            phase: .done, position: [], moved: Int(try row?.integer("moved") ?? 0),
            unreadable: Int(try row?.integer("unreadable") ?? 0))
    }

    static func insert(_ job: Job, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "INSERT INTO escrow_rewrap (key_id, master_version, phase, began_at) VALUES ($1, $2, $3, $4)",
            job.keyIdentifier, job.masterVersion, job.phase.rawValue, now)
    }

    static func update(_ job: Job, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            UPDATE escrow_rewrap SET phase = $1, position = $2, moved = $3, unreadable = $4,
                done_at = CASE WHEN $1 = 'done' THEN $5 END WHERE key_id = $6
            """, job.phase.rawValue, job.position, job.moved, job.unreadable, now, job.keyIdentifier)
    }

    struct Row: Sendable {
        let medium: [UInt8]
        let envelope: CardSecretVault.Envelope
    }

    /// The next envelopes that another key seals, in the order of their media.
    static func next(_ job: Job, limit: Int, in transaction: any ReadTransaction) throws(Refusal) -> [Row] {
        try transaction.query(
            """
            SELECT medium, kind, generation, key_id, sealed FROM escrow_secret
            WHERE medium > $1 AND sealed IS NOT NULL AND key_id <> $2 ORDER BY medium, kind, generation LIMIT $3
            """, job.position, job.keyIdentifier, limit
        ).map { row throws(Refusal) in
            Row(
                medium: try row.blob("medium"),
                envelope: CardSecretVault.Envelope(
                    reference: SecretReference(
                        try row.choice("kind", SecretKind.self), generation: Int(try row.integer("generation"))),
                    keyIdentifier: try row.text("key_id"), sealed: try row.blob("sealed")))
        }
    }

    static func replace(
        _ medium: [UInt8], by envelope: CardSecretVault.Envelope, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            "UPDATE escrow_secret SET key_id = $1, sealed = $2 WHERE medium = $3 AND kind = $4 AND generation = $5",
            envelope.keyIdentifier, envelope.sealed, medium, envelope.reference.kind.rawValue,
            envelope.reference.generation)
    }

    /// Media with an envelope that another key seals: what could not be opened.
    static func left(_ keyIdentifier: String, in transaction: any ReadTransaction) throws(Refusal) -> [[UInt8]] {
        try transaction.query(
            """
            SELECT DISTINCT medium FROM escrow_secret WHERE sealed IS NOT NULL AND key_id <> $1 ORDER BY medium LIMIT 100
            """, keyIdentifier
        ).map { row throws(Refusal) in try row.blob("medium") }
    }
}
