package import Audit
internal import Cryptography
package import Groundwork
package import Storage
internal import Synchronization

/// The alarm of whoever was to say what a certificate was, and found that its history and the audit differ.
///
/// Each certificate's is told to the audit once, however often third parties ask, and stands until the records agree
/// again.
package final class DisputedHistories: Sendable {
    /// So many are remembered by name; beyond it the first ones tell enough.
    private static let limit = 1000

    private let database: Database
    private let audit: AuditLog
    private let raised = Mutex<[SerialNumber: String]>([:])

    package init(database: Database, audit: AuditLog) {
        self.database = database
        self.audit = audit
    }

    static func refusal(_ serial: SerialNumber, _ what: String) -> Refusal {
        Refusal(
            LongTermEvidenceRefusal.historyDisputed, detail: "\(serial.hex): \(what)", facts: ["serial": serial.hex])
    }

    /// - Throws: `certificate-authority.history-disputed` for the first serial number whose records differ.
    func check(_ serials: [SerialNumber], in transaction: any ReadTransaction) throws(Dispute) {
        for serial in serials {
            let fault: AuditedHistory.Fault?
            do throws(Refusal) { fault = try AuditedHistory.faults(of: serial, in: transaction).first } catch {
                throw .unanswered(error)
            }
            if let fault { throw .found(serial, fault.detail) }
        }
    }

    enum Dispute: Error {
        case found(SerialNumber, String)
        case unanswered(Refusal)
    }

    /// What is thrown instead; the audit hears of it.
    func raise(_ serial: SerialNumber, _ what: String) async -> Refusal {
        let isNew = raised.withLock { raised in
            guard raised.count < Self.limit || raised[serial] != nil else { return false }
            return raised.updateValue(what, forKey: serial) != what
        }
        if isNew {
            do {
                try await database.write { [audit] transaction in
                    try audit.record(
                        AuditEvent(
                            act: LongTermEvidenceAct.historyDisputed, actor: .system, subject: serial.hex,
                            facts: ["what": .string(what)]), in: transaction)
                }
            } catch {
                // Not written: whoever asks next tells it again.
                raised.withLock { $0[serial] = "" }
            }
        }
        return Self.refusal(serial, what)
    }

    /// The alarm as it is now; `nil` once all that was disputed agrees again.
    package func alarm() async throws -> Refusal? {
        let serials = raised.withLock { $0.keys.sorted() }
        guard !serials.isEmpty else { return nil }
        let faults = try await database.read { transaction in
            try serials.map { ($0, try AuditedHistory.faults(of: $0, in: transaction).first?.detail) }
        }
        raised.withLock { raised in for (serial, what) in faults where what == nil { raised[serial] = nil } }
        guard let (serial, what) = faults.first(where: { $0.1 != nil }) else { return nil }
        return Self.refusal(serial, what ?? "")
    }
}
