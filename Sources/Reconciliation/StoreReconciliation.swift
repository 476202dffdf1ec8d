package import Audit
package import Cryptography
internal import Foundation
package import Groundwork
package import LongTermEvidence
package import Storage

/// Holds against each other what the signers' journals say, what is stored, what is published, and what the records of
/// security keys say. Every difference is handed out by its serial number as it is found; memory does not grow with the
/// number of certificates.
///
/// It may run beside a working service. Each comparison reads one consistent state, and in the order in which things
/// come to be, so that what happens meanwhile is not taken for a difference.
package struct StoreReconciliation: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let journals: [Journal]
    let keys: (any KeyRecords)?
    /// What relying parties get over HTTP; `nil` leaves it out.
    package var served: ServedStatus?
    /// Other authorities' archives; `nil` leaves out what was imported.
    package var kept: ImportedRecords?
    /// A folder of its own for what is sorted; removed afterwards.
    let scratch: String

    /// Where one issuing key's journal is.
    package struct Journal: Sendable {
        /// Under which it is remembered how far it had come.
        package let name: String
        package let issuer: String
        package let certificate: Certificate
        /// `nil` where this machine has none.
        package let path: String?
        /// Whether this machine's key could have written one.
        package let isExpected: Bool

        package init(name: String, issuer: String, certificate: Certificate, path: String?, isExpected: Bool) {
            self.name = name
            self.issuer = issuer
            self.certificate = certificate
            self.path = path
            self.isExpected = isExpected
        }
    }

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, journals: [Journal],
        keys: (any KeyRecords)?, scratch: String
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.journals = journals
        self.keys = keys
        self.scratch = scratch
    }

    /// - Parameters:
    ///   - progress: told what is being compared, and how far, from 0 to 1.
    ///   - report: told each difference.
    package func run(
        progress: @escaping @Sendable (Phase, Double) -> Void = { _, _ in },
        report: @escaping @Sendable (Difference) throws -> Void
    ) async throws -> ReconciliationSummary {
        let folder = "\(scratch)/reconcile-\(Hex.encode(surroundings.randomBytes(8)))"
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch { throw Refusal(ReconciliationRefusal.scratchUnwritable, detail: "\(folder): \(error)") }
        defer { try? FileManager.default.removeItem(atPath: folder) }

        var run = ReconciliationRun(self, folder: folder, report: report)
        // Lists before journals, journals before the store: a list or certificate that is read has its line already.
        progress(.lists, 0)
        try await run.compareLists()
        progress(.journals, 0)
        try run.readJournals(marks: await marks())
        for found in try await run.compareStatements() { try run.found(.signedForeign, found.subject, found.detail) }
        try await run.compareSignedLists()
        progress(.keys, 0)
        try await run.readKeyRecords()
        for bucket in SerialBuckets.all {
            progress(.store, Double(bucket) / Double(SerialBuckets.all.upperBound))
            try await run.compareStore(bucket)
        }
        if let kept { try await run.compareImported(kept) }
        progress(.answers, 0)
        try await run.compareAnswers()
        if let served {
            progress(.served, 0)
            try await run.compareServed(served) { progress(.served, $0) }
        }
        let summary = try run.finish(at: surroundings.now())
        try await remember(summary)
        return summary
    }

    package enum Phase: String, Sendable, CaseIterable {
        case lists, journals, keys, store, answers, served

        package var title: LocalisedText {
            switch self {
            case .lists: LocalisedText(zh: "吊销列表", en: "revocation lists")
            case .journals: LocalisedText(zh: "签名日志", en: "signers' journals")
            case .keys: LocalisedText(zh: "介质记录", en: "records of keys")
            case .store: LocalisedText(zh: "证书库", en: "the store")
            case .answers: LocalisedText(zh: "OCSP 应答", en: "OCSP answers")
            case .served: LocalisedText(zh: "对外发布", en: "what is served")
            }
        }
    }

    /// How far each journal had come when it was reconciled before.
    private func marks() async throws -> [String: [Int: [UInt8]]] {
        try await database.read { transaction in
            var marks: [String: [Int: [UInt8]]] = [:]
            for row in try transaction.query("SELECT journal, line, head FROM signing_mark") {
                marks[try row.text("journal"), default: [:]][Int(try row.integer("line"))] = try row.blob("head")
            }
            return marks
        }
    }

    /// From here on the lines that were read cannot be rewritten unseen: the mark is in the store, and in the audit.
    private func remember(_ summary: ReconciliationSummary) async throws {
        try await database.write { [audit] transaction in
            for journal in summary.journals {
                try transaction.execute(
                    """
                    INSERT INTO signing_mark (journal, line, head, at) VALUES ($1, $2, $3, $4)
                    ON CONFLICT (journal, line) DO NOTHING
                    """, journal.name, journal.lines, journal.head, summary.at)
            }
            try audit.record(
                AuditEvent(
                    act: ReconciliationAct.reconciled, actor: .system, subject: "store",
                    facts: [
                        "differences": .integer(Int64(summary.differences)),
                        "journals": .array(
                            summary.journals.map {
                                .object([
                                    "journal": .string($0.name), "lines": .integer(Int64($0.lines)),
                                    "head": .string(Hex.encode($0.head)),
                                ])
                            }),
                    ]), in: transaction)
        }
    }
}

/// What was compared.
package struct ReconciliationSummary: Sendable {
    package struct Journal: Sendable {
        package let name: String
        package let issuer: String
        package let lines: Int
        /// The chain of its last line.
        package let head: [UInt8]
        /// How often a power cut left bytes of signatures that were never made.
        package let interruptions: Int
    }

    package let at: Instant
    package let differences: Int
    package let journals: [Journal]
    /// Issuers whose keys are elsewhere and whose journals were not given: not compared.
    package let journalsElsewhere: [String]
    package let signatures: Int
    package let intents: Int
    package let certificates: Int
    package let revocations: Int
    /// Lines of certificates' histories, each held against the audit.
    package let historyLines: Int
    package let lists: Int
    package let listEntries: Int
    package let answers: Int
    package let keyRecords: Int
    /// Asked for at the status address.
    package let servedLists: Int
    package let servedAnswers: Int

    /// The counts by their names in the report.
    package var counts: [(name: String, title: LocalisedText, count: Int)] {
        [
            ("signatures", LocalisedText(zh: "签名", en: "signatures in journals"), signatures),
            ("intents", LocalisedText(zh: "签发登记", en: "intents"), intents),
            ("certificates", LocalisedText(zh: "证书", en: "stored certificates"), certificates),
            ("revocations", LocalisedText(zh: "吊销与冻结", en: "revocations and holds"), revocations),
            ("historyLines", LocalisedText(zh: "状态历史", en: "lines of histories"), historyLines),
            ("lists", LocalisedText(zh: "吊销列表", en: "published lists"), lists),
            ("listEntries", LocalisedText(zh: "列表条目", en: "entries on them"), listEntries),
            ("answers", LocalisedText(zh: "OCSP 应答", en: "stored OCSP answers"), answers),
            ("keyRecords", LocalisedText(zh: "介质记录", en: "certificates on keys"), keyRecords),
            ("servedLists", LocalisedText(zh: "对外的吊销列表", en: "lists fetched"), servedLists),
            ("servedAnswers", LocalisedText(zh: "对外的 OCSP 应答", en: "OCSP answers fetched"), servedAnswers),
        ]
    }
}
