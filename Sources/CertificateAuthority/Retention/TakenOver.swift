internal import Cryptography
internal import Groundwork
internal import Storage

/// Records of certificates that another authority issued (or that we ourselves pruned), as an archive brought them. They
/// count once their archive is complete.
enum TakenOver {
    /// The records that the question means; `nil` where there are none.
    /// - Throws: `certificate-authority.serial-ambiguous`, where two authorities used one number: the certificate itself
    ///   tells them apart.
    static func records(
        _ question: ValidityDesk.Question, in transaction: any ReadTransaction
    ) throws(Refusal) -> ValidityRecords? {
        let rows: [Row]
        switch question {
        case .certificate(let certificate):
            rows = try transaction.query("\(query) WHERE t.sha256 = $1 \(complete)", certificate.fingerprint)
        case .serial(let serial):
            rows = try transaction.query("\(query) WHERE t.serial = $1 \(complete)", serial.bytes)
        }
        guard let row = rows.first else { return nil }
        guard rows.count == 1 else {
            throw Refusal(TimeRefusal.serialAmbiguous, facts: ["serial": question.serial.hex])
        }
        let archive = try row.blob("archive")
        return ValidityRecords(
            serial: question.serial, certificate: try Certificate(der: row.blob("der")),
            issuedAt: try row.instant("issued_at"), history: try history(row),
            issuers: try issuers(from: row.blob("issuer"), archive, in: transaction), archive: archive)
    }

    private static let query = """
        SELECT t.sha256 AS sha256, t.archive AS archive, t.der AS der, t.issued_at AS issued_at, t.record AS record,
            t.issuer AS issuer
        FROM taken_certificate t JOIN taken_archive a ON a.hash = t.archive
        """
    private static let complete = "AND a.done_at IS NOT NULL ORDER BY t.sha256"

    private static func history(_ row: Row) throws(Refusal) -> [StatusEvent] {
        guard let record = ArchiveRecord(body: try row.blob("record")) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "column record")
        }
        return record.history
    }

    /// From the issuer up to the root, each with its own history where the archive brought it.
    private static func issuers(
        from first: [UInt8], _ archive: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> [ValidityRecords.IssuerRecords] {
        var all: [Certificate] = []
        for row in try transaction.query("SELECT der FROM taken_issuer WHERE archive = $1", archive) {
            all.append(try Certificate(der: try row.blob("der")))
        }
        var found: [ValidityRecords.IssuerRecords] = []
        var next = all.first { $0.fingerprint == first }
        while let certificate = next, found.count < 8 {
            let isKnown = found.contains { $0.certificate == certificate }
            if isKnown { break }
            let own = try transaction.first(
                "SELECT record FROM taken_certificate WHERE sha256 = $1", certificate.fingerprint)
            let lines: [StatusEvent]
            if let own { lines = try history(own) } else { lines = [] }
            found.append(ValidityRecords.IssuerRecords(certificate: certificate, history: lines))
            next = certificate.isSelfIssued ? nil : all.issuer(of: certificate)
        }
        return found
    }

    /// Stores one certificate's record; a longer history of the same log replaces a shorter one.
    static func store(
        _ record: ArchiveRecord, origin: String, archive: [UInt8], in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO taken_certificate (sha256, serial, origin, archive, issuer, issued_at, lines, der, record)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            ON CONFLICT (sha256) DO UPDATE SET archive = excluded.archive, issuer = excluded.issuer,
                lines = excluded.lines, record = excluded.record
            WHERE excluded.lines > taken_certificate.lines AND excluded.origin = taken_certificate.origin
            """, DigestAlgorithm.sha256.hash(record.der), record.serial.bytes, origin, archive, record.issuer,
            record.issuedAt, record.history.count, record.der, record.body)
    }
}
