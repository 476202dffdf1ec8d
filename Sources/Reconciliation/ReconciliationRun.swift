internal import Cryptography
internal import Foundation
internal import Groundwork
internal import KeyCustody
internal import Officers
internal import Storage

/// One reconciliation on its way: what is counted, and what one comparison leaves for the next.
struct ReconciliationRun {
    let reconciliation: StoreReconciliation
    let report: @Sendable (Difference) throws -> Void
    let folder: String

    var differences = 0
    var signatures = 0
    var intents = 0
    var certificates = 0
    var revocations = 0
    var historyLines = 0
    var lists = 0
    var listEntries = 0
    var answers = 0
    var keyRecords = 0
    var servedLists = 0
    var servedAnswers = 0

    /// Digests of published lists whose lines are to be found in the journals, with the lists' names.
    var listsToFind: [[UInt8]: (name: String, issuer: String)] = [:]
    /// Statements that reopen the bootstrap, by the journals.
    var statementsSigned: [(journal: String, digest: [UInt8], at: Instant)] = []
    /// By the issuer that signed them.
    var signedLists: [String: SignedLists] = [:]
    /// By the journals' order.
    var journalsRead: [JournalRead] = []
    /// How many certificates are stored of issuers that have no journal here.
    var unjournalled: [String: Int] = [:]

    struct JournalRead {
        let issuer: String
        let path: String
        let key: PublicKey
        /// Where reading stopped: what came later is further on.
        let end: Int
        let summary: ReconciliationSummary.Journal
    }

    /// What a journal says of one serial number.
    struct Signed {
        let digest: [UInt8]
        let journal: Int
    }

    private static let signedLength = 32 + 4
    /// Fingerprint, medium, place, and the holder's code or zeros.
    private static let writtenLength = 32 + 16 + 1 + 18

    init(
        _ reconciliation: StoreReconciliation, folder: String, report: @escaping @Sendable (Difference) throws -> Void
    ) {
        self.reconciliation = reconciliation
        self.folder = folder
        self.report = report
    }

    mutating func found(_ kind: Difference.Kind, _ subject: String, _ detail: String = "") throws {
        differences += 1
        try report(Difference(kind, subject, detail))
    }

    // MARK: Journals

    mutating func readJournals(marks: [String: [Int: [UInt8]]]) throws {
        var buckets = SerialBuckets(folder: folder, name: "signed", length: Self.signedLength)
        for journal in reconciliation.journals {
            guard let path = journal.path, FileManager.default.fileExists(atPath: path) else { continue }
            try read(journal, at: path, marks: marks[journal.name] ?? [:], into: &buckets)
        }
        try buckets.finish()
        for (name, issuer) in listsToFind.values where journalsRead.contains(where: { $0.issuer == issuer }) {
            try found(.listNotSigned, name, "its signer's journal does not know it")
        }
    }

    private mutating func read(
        _ journal: StoreReconciliation.Journal, at path: String, marks: [Int: [UInt8]],
        into buckets: inout SerialBuckets
    ) throws {
        let key = journal.certificate.publicKey
        var reader = try SigningJournalReader(path: path, key: key)
        var interruptions = 0
        var head = reader.head ?? []
        let index = withUnsafeBytes(of: UInt32(truncatingIfNeeded: journalsRead.count).bigEndian) { Array($0) }
        while let item = try reader.next() {
            head = reader.head ?? head
            switch item {
            case .record(let record):
                signatures += 1
                switch record.kind {
                case .certificate:
                    if let serial = record.serial { try buckets.add(serial, record.digest + index) }
                case .list:
                    listsToFind[record.digest] = nil
                    // A root signs in its ceremony, apart from the store: no intent stands here.
                    if !journal.certificate.isSelfIssued {
                        signedLists[journal.issuer, default: SignedLists()].add(record)
                    }
                case .request: break
                case .statement: statementsSigned.append((journal.name, record.digest, record.at))
                case .other:
                    try found(
                        .signedForeign, journal.name, "SHA-256 \(Hex.encode(record.digest)) at \(record.at.rfc3339)")
                }
            case .interrupted: interruptions += 1
            case .broken(let line): try found(.journalBroken, journal.name, "line \(line)")
            }
            if let mark = marks[reader.line], mark != head {
                try found(.journalRewritten, journal.name, "line \(reader.line)")
            }
        }
        for line in marks.keys.sorted() where line > reader.line {
            try found(.journalRewritten, journal.name, "it had \(line) lines once, and has \(reader.line)")
        }
        journalsRead.append(
            JournalRead(
                issuer: journal.issuer, path: path, key: key, end: reader.offset,
                summary: .init(
                    name: journal.name, issuer: journal.issuer, lines: reader.line, head: head,
                    interruptions: interruptions)))
    }

    /// A statement that reopens the bootstrap and was not taken in here opened it elsewhere, or may still do so.
    func compareStatements() async throws -> [(subject: String, detail: String)] {
        let signed = statementsSigned
        return try await reconciliation.database.read { transaction in
            try signed.filter { try !OfficerRegister.knowsStatement($0.digest, in: transaction) }.map {
                ($0.journal, "a bootstrap statement, SHA-256 \(Hex.encode($0.digest)) at \($0.at.rfc3339)")
            }
        }
    }

    /// What the journals have got since they were read: a certificate that was signed meanwhile is no difference.
    func signedMeanwhile() throws(Refusal) -> [SerialNumber: Signed] {
        var signed: [SerialNumber: Signed] = [:]
        for (index, journal) in journalsRead.enumerated() {
            let file = try JournalDescriptor(reading: journal.path)
            var reader = try SigningJournalReader(file: file, from: journal.end - 1)
            while let item = try reader.next() {
                guard case .record(let record) = item, let serial = record.serial else { continue }
                signed[serial] = Signed(digest: record.digest, journal: index)
            }
        }
        return signed
    }

    func signed(_ bucket: Int) throws(Refusal) -> [SerialNumber: [Signed]] {
        var signed: [SerialNumber: [Signed]] = [:]
        try SerialBuckets(folder: folder, name: "signed", length: Self.signedLength).forEach(in: bucket) {
            let journal = $1.suffix(4).reduce(0) { $0 << 8 | Int($1) }
            signed[$0, default: []].append(Signed(digest: Array($1.prefix(32)), journal: journal))
        }
        return signed
    }

    // MARK: Records of keys

    mutating func readKeyRecords() async throws {
        guard let keys = reconciliation.keys else { return }
        var buckets = SerialBuckets(folder: folder, name: "written", length: Self.writtenLength)
        var cursor: [UInt8] = []
        while true {
            let page = try await keys.page(after: cursor, limit: 2000)
            if page.records.isEmpty { break }
            cursor = page.cursor
            for record in page.records {
                keyRecords += 1
                guard let serial = record.serial else {
                    try found(.keyRecordUnknown, Hex.encode(record.medium), "its bytes are no certificate of ours")
                    continue
                }
                try buckets.add(
                    serial, record.fingerprint + record.medium + [record.slot] + Self.code(record.entity))
            }
        }
        try buckets.finish()
    }

    func written(_ bucket: Int) throws(Refusal) -> [SerialNumber: [WrittenCertificate]] {
        var written: [SerialNumber: [WrittenCertificate]] = [:]
        try SerialBuckets(folder: folder, name: "written", length: Self.writtenLength).forEach(in: bucket) {
            serial, rest in
            let bytes = Array(rest)
            let code = bytes[49..<67]
            written[serial, default: []].append(
                WrittenCertificate(
                    serial: serial, fingerprint: Array(bytes[0..<32]), medium: Array(bytes[32..<48]),
                    slot: bytes[48], entity: code.first == 0 ? nil : String(decoding: code, as: UTF8.self)))
        }
        return written
    }

    /// 18 bytes; a code of another length is nobody's, and differs from every certificate's.
    private static func code(_ entity: String?) -> [UInt8] {
        guard let bytes = entity.map({ Array($0.utf8) }), bytes.count == 18 else {
            return Array(repeating: entity == nil ? 0 : UInt8(ascii: "?"), count: 18)
        }
        return bytes
    }

    // MARK: The end

    mutating func finish(at now: Instant) throws -> ReconciliationSummary {
        var elsewhere: [String] = []
        for (issuer, count) in unjournalled.sorted(by: { $0.key < $1.key }) {
            if reconciliation.journals.first(where: { $0.issuer == issuer })?.isExpected ?? true {
                try found(.journalMissing, issuer, "\(count) of its certificates are stored")
            } else {
                elsewhere.append(issuer)
            }
        }
        return ReconciliationSummary(
            at: now, differences: differences, journals: journalsRead.map(\.summary), journalsElsewhere: elsewhere,
            signatures: signatures, intents: intents, certificates: certificates, revocations: revocations,
            historyLines: historyLines, lists: lists, listEntries: listEntries, answers: answers,
            keyRecords: keyRecords, servedLists: servedLists, servedAnswers: servedAnswers)
    }
}
