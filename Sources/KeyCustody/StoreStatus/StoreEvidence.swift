package import Audit
package import CertificateRecords
internal import Cryptography
internal import Foundation
package import Groundwork
package import Storage

/// What speaks for a store that is older than what was signed: signatures that it does not know, in the signers'
/// journals, and a checkpoint of its audit that it does not lead to.
///
/// Intents are committed before a journal's line is written, and checkpoints before they are kept beside the store. So
/// everything outside is read first and the store afterwards: what another process does meanwhile is no evidence.
package struct StoreEvidence: Sendable {
    /// One issuing key's journal, by the generation's name.
    package struct Journal: Sendable {
        package let issuer: String
        package let records: [SigningRecord]

        package init(issuer: String, records: [SigningRecord]) {
            self.issuer = issuer
            self.records = records
        }
    }

    package let journals: [Journal]
    /// The checkpoint that is kept beside the store; `nil` where there is none.
    package let held: Checkpoint?

    package init(journals: [Journal], held: Checkpoint?) {
        self.journals = journals
        self.held = held
    }

    /// Reads the tail of each issuing key's journal that lies on this machine. A root's has certificates of a ceremony
    /// that went on in another try, and is left to reconciliation.
    /// - Parameter directory: `keys` in the data directory.
    package init(keysDirectory directory: String, generations: [HierarchyStore.Row], held: Checkpoint?) throws(Refusal)
    {
        var journals: [Journal] = []
        for generation in generations where generation.role == .issuing {
            let path = SigningJournal.path(in: directory, key: generation.keyName)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            journals.append(
                Journal(
                    issuer: generation.generation,
                    records: try SigningJournalTail.read(path: path, key: generation.certificate.publicKey)))
        }
        self.init(journals: journals, held: held)
    }

    /// What the store lacks; `nil` where it lacks nothing.
    package func missing(in transaction: any ReadTransaction) throws(Refusal) -> Missing? {
        var missing = Missing()
        for journal in journals {
            for record in journal.records {
                guard try StoreEvidence.isUnknown(record, in: transaction) else { continue }
                if record.kind == .list { missing.lists += 1 } else { missing.certificates += 1 }
                missing.first = missing.first ?? "\(journal.issuer) \(record.serial?.hex ?? Hex.encode(record.digest))"
            }
        }
        if let held, let fault = try held.contradiction(in: transaction) { missing.audit = fault }
        return missing.isNothing ? nil : missing
    }

    /// Whether the store has never heard of what a line names. Lists in lines of the older form had no intent.
    package static func isUnknown(
        _ record: SigningRecord, in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        switch record.kind {
        case .certificate:
            guard let serial = record.serial else { return false }
            return try !IntentStore.isKnown(serial, in: transaction)
        case .list:
            guard record.list != nil else { return false }
            return try !ListIntentStore.isKnown(record.digest, in: transaction)
        case .request, .statement, .other: return false
        }
    }

    /// How much of what was signed the store lacks, as far as the tails say.
    package struct Missing: Sendable, Hashable {
        package var certificates = 0
        package var lists = 0
        /// How the audit contradicts its own checkpoint.
        package var audit: CheckpointContradiction?
        /// The first unknown signature: the generation, and a serial number or a digest.
        package var first: String?

        var isNothing: Bool { certificates == 0 && lists == 0 && audit == nil }

        /// `certificate-authority.store-behind`.
        package var refusal: Refusal {
            var parts: [String] = []
            if let first { parts.append("first unknown: \(first)") }
            if let audit { parts.append("audit: \(audit.text)") }
            return Refusal(
                KeyCustodyRefusal.storeBehind, detail: parts.joined(separator: "; "),
                facts: ["certificates": String(certificates), "lists": String(lists)])
        }
    }
}
