internal import Audit
internal import Cryptography
internal import Groundwork
internal import Storage

/// The serial numbers that were drawn, and what became of them.
///
/// An intent goes from `intended` to `issued` or to `closed`, once, inside a transaction. A closed one stands in the
/// revocation table: whatever may have been signed with its number is revoked before anybody could see it.
enum IntentStore {
    struct Intent: Sendable {
        let serial: SerialNumber
        let issuer: String
        let profile: String
        let purpose: CertificatePurpose
        let keyHash: [UInt8]
        let medium: [UInt8]?
        let holder: String?
        let reference: String?
        let owner: [UInt8]
        let leaseUntil: Instant
        let shard: Int
        let notAfter: Instant
    }

    static func insert(_ intent: Intent, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO issuance_intent (serial, issuer, profile, purpose, key_hash, medium, holder, reference, owner,
                lease_until, shard, not_after, progress, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'intended', $13)
            """, intent.serial.bytes, intent.issuer, intent.profile, intent.purpose.rawValue, intent.keyHash,
            intent.medium, intent.holder, intent.reference, intent.owner, intent.leaseUntil, intent.shard,
            intent.notAfter, now)
    }

    /// One key never serves two purposes, two media or two holders.
    static func refuseKeyInUse(_ intent: Intent, in transaction: any ReadTransaction) throws(Refusal) {
        let other = try transaction.first(
            """
            SELECT serial FROM issuance_intent
            WHERE key_hash = $1 AND (purpose <> $2 OR medium IS DISTINCT FROM $3
                OR holder IS DISTINCT FROM $4) LIMIT 1
            """, intent.keyHash, intent.purpose.rawValue, intent.medium, intent.holder)
        guard let other else { return }
        throw Refusal(
            CertificateAuthorityRefusal.keyInUse, detail: "serial number \(Hex.encode(try other.blob("serial")))")
    }

    /// What a reference has come to.
    enum Earlier { case none, issued(SerialNumber), unfinished(SerialNumber) }

    static func earlier(reference: String?, in transaction: any ReadTransaction) throws(Refusal) -> Earlier {
        guard let reference,
            let row = try transaction.first(
                "SELECT serial, progress FROM issuance_intent WHERE reference = $1 AND progress <> 'closed'", reference)
        else { return .none }
        let serial = try row.serial("serial")
        return try row.text("progress") == "issued" ? .issued(serial) : .unfinished(serial)
    }

    /// `true` if the intent was still this owner's and open, and is now issued.
    static func finish(_ serial: SerialNumber, owner: [UInt8], in transaction: any Transaction) throws(Refusal) -> Bool
    {
        try transaction.execute(
            """
            UPDATE issuance_intent SET progress = 'issued'
            WHERE serial = $1 AND owner = $2 AND progress = 'intended'
            """, serial.bytes, owner) == 1
    }

    /// Closes an open intent: from here on nothing with this serial number can be stored, and it counts as revoked.
    /// - Returns: whether it was open.
    static func close(
        _ serial: SerialNumber, because cause: String, at now: Instant, audit: AuditLog, actor: AuditActor,
        in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        guard
            try transaction.execute(
                "UPDATE issuance_intent SET progress = 'closed' WHERE serial = $1 AND progress = 'intended'",
                serial.bytes) == 1,
            let row = try transaction.first(
                "SELECT issuer, shard, not_after FROM issuance_intent WHERE serial = $1", serial.bytes)
        else { return false }
        try RevocationStore.insert(
            serial: serial, issuer: try row.text("issuer"), shard: Int(try row.integer("shard")),
            fact: RevocationFact(reason: .unspecified, revokedAt: now), notAfter: try row.instant("not_after"),
            in: transaction)
        try StatusHistory.begin(
            serial, as: .revoked, reason: .unspecified, at: now, by: .issuanceClosed, of: actor,
            facts: ["cause": .string(cause)], audit: audit, in: transaction)
        return true
    }

    /// Whether nobody works on it any more. A lease that lasts longer than a day was taken by a clock that was ahead:
    /// it holds nothing.
    static func isOver(_ leaseUntil: Instant, at now: Instant) -> Bool {
        leaseUntil <= now || leaseUntil > now.adding(seconds: longestLease)
    }

    private static let longestLease: Int64 = 86_400

    /// Open intents whose lease is over.
    static func abandoned(at now: Instant, limit: Int, in transaction: any ReadTransaction) throws(Refusal)
        -> [SerialNumber]
    {
        try transaction.query(
            """
            SELECT serial FROM issuance_intent WHERE progress = 'intended' AND (lease_until <= $1 OR lease_until > $3)
            ORDER BY lease_until LIMIT $2
            """, now, limit, now.adding(seconds: longestLease)
        ).serials()
    }
}
