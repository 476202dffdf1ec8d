package import AgentProtocol
internal import Cryptography
package import Groundwork
package import Storage

/// Which certificate lies where on which key.
package enum KeyCertificateStore {
    /// All certificates that were ever made for a key, the newest first.
    package static func certificates(
        _ medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [KeyCertificate] {
        try list(
            transaction.query(
                "SELECT * FROM key_certificate WHERE medium = $1 ORDER BY created_at DESC, attempt DESC", medium.bytes))
    }

    /// Those that one plan recorded.
    package static func certificates(
        plan: PlanIdentifier, in transaction: any ReadTransaction
    ) throws(Refusal) -> [KeyCertificate] {
        try list(transaction.query("SELECT * FROM key_certificate WHERE plan = $1 ORDER BY created_at", plan.bytes))
    }

    /// Records a certificate once; the same again changes nothing.
    package static func record(
        _ certificate: KeyCertificate, medium: MediumNumber, plan: PlanIdentifier, attempt: Int, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO key_certificate
                (fingerprint, medium, purpose, family, place, certificate, origin, plan, attempt, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
            ON CONFLICT (fingerprint) DO NOTHING
            """, fingerprint(certificate.certificate), medium.bytes, certificate.purpose.rawValue,
            certificate.family.rawValue, certificate.slot.rawValue, certificate.certificate, certificate.origin.text,
            plan.bytes, attempt, now)
    }

    /// One record with the medium that it is of.
    package struct Entry: Sendable {
        package let fingerprint: [UInt8]
        package let medium: MediumNumber
        package let slot: KeySlot
        package let certificate: [UInt8]
        /// The unified social credit code of the entity that holds the medium now; `nil` for an officer's or nobody's.
        package let entity: String?
    }

    /// All records of all keys, page after page: those after a fingerprint, in its order.
    package static func page(
        after fingerprint: [UInt8], limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [Entry] {
        var entries: [Entry] = []
        for row in try transaction.query(
            """
            SELECT c.fingerprint AS fingerprint, c.medium AS medium, c.place AS place, c.certificate AS certificate,
                k.holder AS holder
            FROM key_certificate c JOIN security_key k ON k.medium = c.medium
            WHERE c.fingerprint > $1 ORDER BY c.fingerprint LIMIT $2
            """, fingerprint, limit)
        { entries.append(try entry(row)) }
        return entries
    }

    package static func entry(
        fingerprint: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> Entry? {
        try transaction.first(
            """
            SELECT c.fingerprint AS fingerprint, c.medium AS medium, c.place AS place, c.certificate AS certificate,
                k.holder AS holder
            FROM key_certificate c JOIN security_key k ON k.medium = c.medium WHERE c.fingerprint = $1
            """, fingerprint
        ).map(entry)
    }

    private static func entry(_ row: Row) throws(Refusal) -> Entry {
        guard let medium = MediumNumber(try row.blob("medium")) else {
            throw Refusal(SecurityKeysRefusal.unknownKey, detail: "a stored name is malformed")
        }
        return Entry(
            fingerprint: try row.blob("fingerprint"), medium: medium, slot: KeySlot(try row.text("place")),
            certificate: try row.blob("certificate"), entity: try row.optionalText("holder"))
    }

    private static func fingerprint(_ certificate: [UInt8]) -> [UInt8] { DigestAlgorithm.sha256.hash(certificate) }

    private static func list(_ rows: [Row]) throws(Refusal) -> [KeyCertificate] {
        var list: [KeyCertificate] = []
        for row in rows {
            list.append(
                KeyCertificate(
                    purpose: try row.choice("purpose"), family: try row.choice("family"),
                    slot: KeySlot(try row.text("place")), certificate: try row.blob("certificate"),
                    origin: KeyOrigin(text: try row.text("origin")) ?? .unproved))
        }
        return list
    }
}
