internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import LongTermEvidence
internal import Storage

/// What the store has for the serial numbers that begin with one byte: of certificates the digests alone.
struct StoredPart: Sendable {
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

    var intents: [SerialNumber: IntentStore.Stored] = [:]
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
    init(_ bucket: Int, in transaction: any ReadTransaction) throws(Refusal) {
        historyBegins = try StatusHistory.begins(in: transaction)
        let range = SerialRange(firstByte: bucket)
        try IntentStore.forEach(in: range, transaction) { intents[$0] = $1 }
        try CertificateStore.forEach(in: range, transaction) { certificates[$0] = StoredCertificate($1) }
        try RevocationStore.forEach(in: range, transaction) { revocations[$0] = $1 }
        try StatusHistory.forEach(in: range, transaction) { histories[$0, default: []].append($1) }
        try AuditedChange.forEach(in: bucket, transaction) { changes[$0.serial, default: []].append($0) }
        try PrunedRecords.forEach(in: range, transaction) { pruned.insert($0) }
        for authority in try HierarchyStore.certificates(in: transaction) {
            authorities[authority.serial] = CertificateHeader(der: authority.der)?.bodyDigest ?? []
        }
    }
}

extension StoredPart.StoredCertificate {
    fileprivate init(_ entry: CertificateStore.Entry) {
        let body = CertificateHeader(der: entry.der)?.bodyDigest
        self.init(
            issuer: entry.issuer, state: entry.state, version: entry.version, medium: entry.medium, slot: entry.slot,
            fingerprint: DigestAlgorithm.sha256.hash(entry.der), body: body ?? [], entity: entry.creditCode,
            namesEntity: body == nil
                || entry.creditCode.map { Self.contains(Array($0.utf8), in: entry.der) } ?? true)
    }

    /// A code stands in a certificate as its characters, in the subject and in the extensions.
    private static func contains(_ code: [UInt8], in der: [UInt8]) -> Bool {
        guard let first = code.first, der.count >= code.count else { return false }
        return (0...(der.count - code.count)).contains { start in
            der[start] == first && der[start..<(start + code.count)].elementsEqual(code)
        }
    }
}
