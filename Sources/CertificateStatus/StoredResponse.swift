internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// A kept answer about one certificate, in the form of one kind of CertID.
struct StoredResponse: Sendable {
    /// The answer repeats the question's CertID byte for byte, so that form is part of its name.
    struct Name: Hashable, Sendable {
        let serial: [UInt8]
        let form: String
        let responder: [UInt8]

        init(_ certificate: OCSPCertID, responder: SerialNumber) {
            serial = certificate.serialNumber.bytes
            form = "\(certificate.digest.rawValue)-\(certificate.der.count)"
            self.responder = responder.bytes
        }

        init(_ row: Row) throws(Refusal) {
            serial = try row.blob("serial")
            form = try row.text("digest")
            responder = try row.blob("responder")
        }
    }

    let version: Int64
    let thisUpdate: Instant
    let nextUpdate: Instant
    let der: [UInt8]

    /// Half-way through its life a stored answer is replaced, so that caches never hold one that is about to end.
    var freshUntil: Instant {
        thisUpdate.adding(milliseconds: (nextUpdate.milliseconds - thisUpdate.milliseconds) / 2)
    }

    func isGood(for fact: StatusFact, at now: Instant) -> Bool {
        version == fact.version && thisUpdate <= now && now < freshUntil
    }

    static func find(_ name: Name, in transaction: any ReadTransaction) throws(Refusal) -> StoredResponse? {
        guard
            let row = try transaction.first(
                """
                SELECT status_version, this_update, next_update, der FROM ocsp_answer
                WHERE serial = $1 AND digest = $2 AND responder = $3
                """, name.serial, name.form, name.responder)
        else { return nil }
        return StoredResponse(
            version: try row.integer("status_version"), thisUpdate: try row.instant("this_update"),
            nextUpdate: try row.instant("next_update"), der: try row.blob("der"))
    }

    /// A certificate that is asked about often stays known for that, half as much with each new answer.
    func keep(_ name: Name, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO ocsp_answer (serial, digest, responder, status_version, this_update, next_update, der)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (serial, digest, responder) DO UPDATE SET status_version = excluded.status_version,
                this_update = excluded.this_update, next_update = excluded.next_update, der = excluded.der,
                asks = ocsp_answer.asks / 2
            """, name.serial, name.form, name.responder, version, thisUpdate, nextUpdate, der)
    }

    static func count(_ hits: Int, of name: Name, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "UPDATE ocsp_answer SET asks = asks + $4 WHERE serial = $1 AND digest = $2 AND responder = $3",
            name.serial, name.form, name.responder, hits)
    }

    /// What is asked about often, and will soon have no answer: it ages, the status changed, or the responder did.
    static func due(
        issuer: String, responder: SerialNumber, hits: Int, agingBefore moment: Instant, limit: Int,
        in transaction: any ReadTransaction
    ) throws(Refusal) -> [(name: Name, der: [UInt8])] {
        var due: [(name: Name, der: [UInt8])] = []
        for row in try transaction.query(dueQuery, hits, issuer, moment, responder.bytes, limit) {
            due.append((name: try Name(row), der: try row.blob("der")))
        }
        return due
    }

    static let dueQuery = """
        SELECT a.serial AS serial, a.digest AS digest, a.responder AS responder, a.der AS der
        FROM ocsp_answer a JOIN \(CertificateStore.statusVersions) c ON c.serial = a.serial
        WHERE a.asks > 0 AND a.asks >= $1 AND c.issuer = $2
            AND (a.this_update < $3 OR a.status_version <> c.status_version OR a.responder <> $4)
        ORDER BY a.asks DESC LIMIT $5
        """

    static func forgetAsks(of name: Name, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "UPDATE ocsp_answer SET asks = 0 WHERE serial = $1 AND digest = $2 AND responder = $3", name.serial,
            name.form, name.responder)
    }
}
