package import Audit
package import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

/// The serial numbers that were drawn, and what became of them.
///
/// An intent goes from `intended` to `issued` or to `closed`, once, inside a transaction. A closed one stands in the
/// revocation table: whatever may have been signed with its number is revoked before anybody could see it.
package enum IntentStore {
    package struct Intent: Sendable {
        package let serial: SerialNumber
        package let issuer: String
        package let profile: String
        package let purpose: CertificatePurpose
        package let keyHash: [UInt8]
        package let medium: [UInt8]?
        package let holder: String?
        package let reference: String?
        package let owner: [UInt8]
        package let leaseUntil: Instant
        package let shard: Int
        package let notAfter: Instant
        /// Whom the certificate names where no holder's code does; `nil` where a holder does, or where its purpose says
        /// enough (the authority's own).
        package let subject: String?

        package init(
            serial: SerialNumber, issuer: String, profile: String, purpose: CertificatePurpose, keyHash: [UInt8],
            medium: [UInt8]?, holder: String?, reference: String?, owner: [UInt8], leaseUntil: Instant, shard: Int,
            notAfter: Instant, subject: String? = nil
        ) {
            self.serial = serial
            self.issuer = issuer
            self.profile = profile
            self.purpose = purpose
            self.keyHash = keyHash
            self.medium = medium
            self.holder = holder
            self.reference = reference
            self.owner = owner
            self.leaseUntil = leaseUntil
            self.shard = shard
            self.notAfter = notAfter
            self.subject = subject
        }
    }

    package static func insert(_ intent: Intent, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO issuance_intent (serial, issuer, profile, purpose, key_hash, medium, holder, reference, owner,
                lease_until, shard, not_after, progress, created_at, subject)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'intended', $13, $14)
            """, intent.serial.bytes, intent.issuer, intent.profile, intent.purpose.rawValue, intent.keyHash,
            intent.medium, intent.holder, intent.reference, intent.owner, intent.leaseUntil, intent.shard,
            intent.notAfter, now, intent.subject)
    }

    /// Whether a serial number was ever drawn here; what was imported never was.
    package static func isKnown(_ serial: SerialNumber, in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first("SELECT 1 AS known FROM issuance_intent WHERE serial = $1", serial.bytes) != nil
    }

    /// One key never serves two purposes, two media, two holders or two subjects; one that is compromised or listed as
    /// weak serves nobody.
    /// - Throws: `key-in-use`, `key-rejected`.
    package static func refuseKeyInUse(_ intent: Intent, in transaction: any ReadTransaction) throws(Refusal) {
        try RejectedKeyStore.refuse(intent.keyHash, in: transaction)
        let other = try transaction.first(
            """
            SELECT serial FROM issuance_intent
            WHERE key_hash = $1 AND (purpose <> $2 OR medium IS DISTINCT FROM $3
                OR holder IS DISTINCT FROM $4 OR subject <> $5) LIMIT 1
            """, intent.keyHash, intent.purpose.rawValue, intent.medium, intent.holder, intent.subject)
        guard let other else { return try refuseOtherSubject(intent, in: transaction) }
        throw Refusal(
            CertificateRecordsRefusal.keyInUse, detail: "serial number \(Hex.encode(try other.blob("serial")))")
    }

    /// What was issued before intents had their subject: the certificate tells it.
    private static func refuseOtherSubject(
        _ intent: Intent, in transaction: any ReadTransaction
    ) throws(Refusal) {
        guard let subject = intent.subject else { return }
        let rows = try transaction.query(
            """
            SELECT c.der FROM issuance_intent i JOIN certificate c ON c.serial = i.serial
            WHERE i.key_hash = $1 AND i.subject IS NULL LIMIT 100
            """, intent.keyHash)
        for row in rows {
            let certificate = try Certificate(der: try row.blob("der"))
            let names = certificate.subject
            let before = person(
                organization: names.value(of: .organizationName), commonName: names.value(of: .commonName),
                purpose: intent.purpose)
            guard before == nil || before == subject else {
                throw Refusal(
                    CertificateRecordsRefusal.keyInUse, detail: "serial number \(certificate.serialNumber.hex)")
            }
        }
    }

    /// The subject of an intent without a holder's code: for a server the organisation that answers for it, whatever
    /// its names; for a person the organisation and the name. `nil` for the authority's own.
    package static func person(organization: String?, commonName: String?, purpose: CertificatePurpose) -> String? {
        guard !purpose.isAuthoritysOwn else { return nil }
        return purpose == .tlsServer
            ? organization : [organization, commonName].compactMap(\.self).joined(separator: "\n")
    }

    /// Stores an intent with its event; nothing is signed before.
    /// - Throws: `key-in-use`, `key-rejected`.
    package static func open(
        _ intent: Intent, at now: Instant, by actor: AuditActor, audit: AuditLog, in transaction: any Transaction
    ) throws(Refusal) {
        try refuseKeyInUse(intent, in: transaction)
        try insert(intent, at: now, in: transaction)
        try audit.record(
            AuditEvent(
                act: CertificateRecordsAct.issuanceIntended, actor: actor, subject: intent.serial.hex,
                facts: [
                    "issuer": .string(intent.issuer), "profile": .string(intent.profile),
                    "key": .string(Hex.encode(intent.keyHash)), "holder": intent.holder.map { .string($0) } ?? .null,
                    "medium": intent.medium.map { .string(Hex.encode($0)) } ?? .null,
                ]), in: transaction)
    }

    /// What a reference has come to.
    package enum Earlier { case none, issued(SerialNumber), unfinished(SerialNumber) }

    package static func earlier(reference: String?, in transaction: any ReadTransaction) throws(Refusal) -> Earlier {
        guard let reference,
            let row = try transaction.first(
                "SELECT serial, progress FROM issuance_intent WHERE reference = $1 AND progress <> 'closed'", reference)
        else { return .none }
        let serial = try row.serial("serial")
        return try row.text("progress") == "issued" ? .issued(serial) : .unfinished(serial)
    }

    /// `true` if the intent was still this owner's and open, and is now issued.
    package static func finish(_ serial: SerialNumber, owner: [UInt8], in transaction: any Transaction) throws(Refusal)
        -> Bool
    {
        try transaction.execute(
            """
            UPDATE issuance_intent SET progress = 'issued'
            WHERE serial = $1 AND owner = $2 AND progress = 'intended'
            """, serial.bytes, owner) == 1
    }

    /// Closes an open intent: from here on nothing with this serial number can be stored, and it counts as revoked.
    /// - Returns: whether it was open.
    package static func close(
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
    package static func isOver(_ leaseUntil: Instant, at now: Instant) -> Bool {
        leaseUntil <= now || leaseUntil > now.adding(seconds: longestLease)
    }

    private static let longestLease: Int64 = 86_400

    /// Open intents whose lease is over.
    package static func abandoned(at now: Instant, limit: Int, in transaction: any ReadTransaction) throws(Refusal)
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
