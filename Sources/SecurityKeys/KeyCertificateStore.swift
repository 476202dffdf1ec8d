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

    /// Those of one plan that wait for their activation.
    package static func waiting(
        plan: PlanIdentifier, in transaction: any ReadTransaction
    ) throws(Refusal) -> [KeyCertificate] {
        try list(
            transaction.query("SELECT * FROM key_certificate WHERE plan = $1 AND state = 'issued'", plan.bytes))
    }

    /// Those that wait since before a moment, whosever they are.
    package static func waiting(
        since before: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> [KeyCertificate] {
        try list(
            transaction.query(
                "SELECT * FROM key_certificate WHERE state = 'issued' AND created_at < $1 LIMIT 1000", before))
    }

    /// Records a certificate once; the same again changes nothing.
    package static func record(
        _ certificate: KeyCertificate, medium: MediumNumber, plan: PlanIdentifier, attempt: Int, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO key_certificate
                (fingerprint, medium, purpose, family, place, certificate, origin, state, plan, attempt, created_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
            ON CONFLICT (fingerprint) DO NOTHING
            """, fingerprint(certificate.certificate), medium.bytes, certificate.purpose.rawValue,
            certificate.family.rawValue, certificate.place.rawValue, certificate.certificate, certificate.origin.text,
            certificate.state.rawValue, plan.bytes, attempt, now)
    }

    package static func setState(
        _ state: KeyCertificate.State, of certificate: [UInt8], in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            "UPDATE key_certificate SET state = $1 WHERE fingerprint = $2", state.rawValue, fingerprint(certificate))
    }

    /// One record with the medium that it is of.
    package struct Entry: Sendable {
        package let fingerprint: [UInt8]
        package let medium: MediumNumber
        package let place: KeyPlace
        package let certificate: [UInt8]
        package let state: KeyCertificate.State
    }

    /// All records of all keys, page after page: those after a fingerprint, in its order.
    package static func page(
        after fingerprint: [UInt8], limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [Entry] {
        var entries: [Entry] = []
        for row in try transaction.query(
            """
            SELECT fingerprint, medium, place, certificate, state FROM key_certificate
            WHERE fingerprint > $1 ORDER BY fingerprint LIMIT $2
            """, fingerprint, limit)
        { entries.append(try entry(row)) }
        return entries
    }

    package static func entry(
        fingerprint: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> Entry? {
        try transaction.first(
            "SELECT fingerprint, medium, place, certificate, state FROM key_certificate WHERE fingerprint = $1",
            fingerprint
        ).map(entry)
    }

    private static func entry(_ row: Row) throws(Refusal) -> Entry {
        guard let medium = MediumNumber(try row.blob("medium")) else {
            throw Refusal(SecurityKeysRefusal.unknownKey, detail: "a stored name is malformed")
        }
        return Entry(
            fingerprint: try row.blob("fingerprint"), medium: medium, place: KeyPlace(try row.text("place")),
            certificate: try row.blob("certificate"), state: try row.choice("state"))
    }

    private static func fingerprint(_ certificate: [UInt8]) -> [UInt8] { DigestAlgorithm.sha256.hash(certificate) }

    private static func list(_ rows: [Row]) throws(Refusal) -> [KeyCertificate] {
        var list: [KeyCertificate] = []
        for row in rows {
            list.append(
                KeyCertificate(
                    purpose: try row.choice("purpose"), family: try row.choice("family"),
                    place: KeyPlace(try row.text("place")), certificate: try row.blob("certificate"),
                    origin: KeyOrigin(text: try row.text("origin")) ?? .unproved, state: try row.choice("state")))
        }
        return list
    }
}
