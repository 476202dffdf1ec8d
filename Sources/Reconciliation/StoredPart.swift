internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import LongTermEvidence
internal import Storage

/// What the store has for the serial numbers that begin with one byte: of certificates the digests alone.
struct StoredPart: Sendable {
    enum Progress: String { case intended, issued, closed }

    struct StoredIntent: Sendable {
        let issuer: String
        let progress: Progress
        let leaseUntil: Instant
    }

    struct StoredCertificate: Sendable {
        let issuer: String
        let state: CertificateState
        let version: Int64
        let medium: [UInt8]?
        let slot: UInt8?
        let fingerprint: [UInt8]
        /// SHA-256 of the TBSCertificate; empty where the bytes are no certificate.
        let body: [UInt8]
        /// The unified social credit code that the record names; `nil` where it names none.
        let entity: String?
        /// Whether the certificate itself names that code; said of what is a certificate alone.
        let namesEntity: Bool
    }

    var intents: [SerialNumber: StoredIntent] = [:]
    var certificates: [SerialNumber: StoredCertificate] = [:]
    var revocations: [SerialNumber: RevocationFact] = [:]
    /// Of each certificate, by version.
    var histories: [SerialNumber: [StatusEvent]] = [:]
    /// What the audit says of it, in the order of the log.
    var changes: [SerialNumber: [AuditedChange]] = [:]
    /// When the history of an older store began.
    let historyBegins: Instant?
    /// Whose records went into an archive and left, when their time was over.
    var pruned: Set<SerialNumber> = []
    /// The authorities' own certificates: digests of their bodies.
    var authorities: [SerialNumber: [UInt8]] = [:]

    /// All pages in one state of the store.
    init(_ bucket: Int, in transaction: any ReadTransaction) throws {
        historyBegins = try StatusHistory.begins(in: transaction)
        let end = [UInt8(bucket + 1)]
        try StoredPart.pages(
            """
            SELECT serial, issuer, progress, lease_until FROM issuance_intent
            WHERE serial > $1 AND serial < $2 ORDER BY serial LIMIT 2000
            """, from: [UInt8(bucket)], to: end, in: transaction
        ) { serial, row in
            intents[serial] = StoredIntent(
                issuer: try row.text("issuer"), progress: try row.choice("progress"),
                leaseUntil: try row.instant("lease_until"))
        }
        try StoredPart.pages(
            """
            SELECT serial, issuer, state, status_version, medium, place, credit_code, der FROM certificate
            WHERE serial > $1 AND serial < $2 ORDER BY serial LIMIT 500
            """, from: [UInt8(bucket)], to: end, in: transaction
        ) { serial, row in
            let der = try row.blob("der")
            let entity = try row.optionalText("credit_code")
            let body = CertificateHeader(der: der)?.bodyDigest
            certificates[serial] = StoredCertificate(
                issuer: try row.text("issuer"), state: try row.choice("state"),
                version: try row.integer("status_version"),
                medium: try row.optionalBlob("medium"),
                slot: try row.optionalInteger("place").flatMap { UInt8(exactly: $0) },
                fingerprint: DigestAlgorithm.sha256.hash(der), body: body ?? [], entity: entity,
                namesEntity: body == nil || entity.map { StoredPart.contains(Array($0.utf8), in: der) } ?? true)
        }
        try StoredPart.pages(
            """
            SELECT serial, reason, revoked_at, invalid_since FROM revocation
            WHERE serial > $1 AND serial < $2 ORDER BY serial LIMIT 2000
            """, from: [UInt8(bucket)], to: end, in: transaction
        ) { serial, row in
            revocations[serial] = RevocationFact(
                reason: RevocationReason(rawValue: Int(try row.integer("reason"))) ?? .unspecified,
                revokedAt: try row.instant("revoked_at"), invalidSince: try row.optionalInstant("invalid_since"))
        }
        try readHistories(bucket, in: transaction)
        try StoredPart.pages(
            """
            SELECT serial FROM pruned_certificate WHERE serial > $1 AND serial < $2 AND pruned_at IS NOT NULL
            ORDER BY serial LIMIT 2000
            """, from: [UInt8(bucket)], to: end, in: transaction
        ) { serial, _ in pruned.insert(serial) }
        for row in try transaction.query("SELECT serial, der FROM authority_issuer") {
            let serial = try row.serial("serial")
            authorities[serial] = CertificateHeader(der: try row.blob("der"))?.bodyDigest ?? []
        }
    }

    private mutating func readHistories(_ bucket: Int, in transaction: any ReadTransaction) throws {
        let end = [UInt8(bucket + 1)]
        var (last, version) = ([UInt8(bucket)], Int64(0))
        while true {
            let rows = try transaction.query(
                """
                SELECT serial, version, state, reason, since, revoked_at, recorded_at, event
                FROM certificate_status_event
                WHERE (serial, version) > ($1, $2) AND serial < $3 ORDER BY serial, version LIMIT 2000
                """, last, version, end)
            for row in rows {
                let serial = try row.serial("serial")
                (last, version) = (serial.bytes, try row.integer("version"))
                histories[serial, default: []].append(try StatusEvent(row))
            }
            if rows.isEmpty { break }
        }
        try AuditedChange.forEach(in: bucket, transaction) { changes[$0.serial, default: []].append($0) }
    }

    /// A code stands in a certificate as its characters, in the subject and in the extensions.
    private static func contains(_ code: [UInt8], in der: [UInt8]) -> Bool {
        guard let first = code.first, der.count >= code.count else { return false }
        return (0...(der.count - code.count)).contains { start in
            der[start] == first && der[start..<(start + code.count)].elementsEqual(code)
        }
    }

    private static func pages(
        _ query: String, from start: [UInt8], to end: [UInt8], in transaction: any ReadTransaction,
        _ body: (SerialNumber, Row) throws -> Void
    ) throws {
        var last = start
        while true {
            let rows = try transaction.query(query, last, end)
            for row in rows {
                let serial = try row.serial("serial")
                try body(serial, row)
                last = serial.bytes
            }
            if rows.isEmpty { return }
        }
    }
}
