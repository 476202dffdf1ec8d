internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// Records of certificates that another authority issued (or that we ourselves pruned), as an archive brought them.
/// They count once their archive is complete.
///
/// The table says which record it is, and the record everything else: its hash is what the archive's sums have.
package enum ImportedCertificates {
    struct Found {
        let records: ValidityRecords
        /// What is to be held against the kept archives before anything is said: all that our own audit knows nothing
        /// of.
        let claims: [TakenClaim]
    }

    /// The records that the question means; `nil` where there are none.
    /// - Throws: `certificate-authority.serial-ambiguous`, where two authorities used one number: the certificate
    ///   itself tells them apart.
    static func records(
        _ question: ValidityService.Question, in transaction: any ReadTransaction
    ) throws(Refusal) -> Found? {
        let rows: [Row]
        switch question {
        case .certificate(let certificate):
            rows = try transaction.query("\(query) WHERE t.sha256 = $1 \(complete)", certificate.fingerprint)
        case .serial(let serial):
            rows = try transaction.query("\(query) WHERE t.serial = $1 \(complete)", serial.bytes)
        }
        guard let row = rows.first else { return nil }
        guard rows.count == 1 else {
            throw Refusal(LongTermEvidenceRefusal.serialAmbiguous, facts: ["serial": question.serial.hex])
        }
        let archive = try row.blob("archive")
        let record = try record(row)
        let certificate = try Certificate(der: record.der)
        guard record.serial == question.serial, question.hash.map({ $0 == certificate.fingerprint }) ?? true else {
            throw ImportedRecords.differs(question.serial, archive)
        }
        // What was ours once is held against our audit.
        let isOurs = try PrunedRecords.find(record.serial, in: transaction) != nil
        var claims = isOurs ? [] : [TakenClaim(record, archive)]
        let issuers = try issuers(from: record.issuer, archive, isOurs: isOurs, &claims, in: transaction)
        // The archive was proved up to a root: where the table's chain ends before, somebody cut it.
        guard issuers.last?.certificate.isSelfIssued == true else {
            throw ImportedRecords.differs(record.serial, archive)
        }
        return Found(
            records: ValidityRecords(
                serial: record.serial, certificate: certificate, issuedAt: record.issuedAt, history: record.history,
                issuers: issuers, archive: archive), claims: claims)
    }

    private static let query = """
        SELECT t.archive AS archive, t.record AS record
        FROM taken_certificate t JOIN taken_archive a ON a.hash = t.archive
        """
    private static let complete = "AND a.done_at IS NOT NULL ORDER BY t.sha256"

    private static func record(_ row: Row) throws(Refusal) -> ArchiveRecord {
        guard let record = ArchiveRecord(body: try row.blob("record")) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "column record")
        }
        return record
    }

    /// From the issuer up to the root, each with its own history: our own where it is an authority of ours, else the
    /// one that an archive brought.
    private static func issuers(
        from first: [UInt8], _ archive: [UInt8], isOurs: Bool, _ claims: inout [TakenClaim],
        in transaction: any ReadTransaction
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
            let history: [StatusEvent]
            if try CertificateStore.certificate(certificate.serialNumber, in: transaction)?.der == certificate.der {
                history = try StatusHistory.events(of: certificate.serialNumber, in: transaction)
            } else if let row = try transaction.first(
                "SELECT archive, record FROM taken_certificate WHERE sha256 = $1", certificate.fingerprint)
            {
                let record = try record(row)
                history = record.history
                if !isOurs { claims.append(TakenClaim(record, try row.blob("archive"))) }
            } else {
                history = []
                // An archive of some certificates may have none of it.
                let none = TakenClaim(serial: certificate.serialNumber, archive: archive, record: nil)
                if !isOurs { claims.append(none) }
            }
            found.append(ValidityRecords.IssuerRecords(certificate: certificate, history: history))
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

extension TakenClaim {
    fileprivate init(_ record: ArchiveRecord, _ archive: [UInt8]) {
        self.init(
            serial: record.serial, archive: archive, record: DigestAlgorithm.sha256.hash(record.body))
    }
}
