package import Cryptography
package import Groundwork

/// The last lines of a journal, at a cost that does not grow with the journal.
package enum SigningJournalTail {
    /// So many lines are looked at.
    package static let lines = 256

    /// The last certificates and lists that the key was about to sign, oldest first, at most ``lines``. A line that
    /// another process is writing at this moment is left out; what does not follow is for a reconciliation to name.
    /// - Throws: `certificate-authority.journal-unwritable`, `certificate-authority.foreign-journal`.
    package static func read(path: String, key: PublicKey) throws(Refusal) -> [SigningRecord] {
        let file = try JournalDescriptor(reading: path)
        let header = SigningLine.header(of: key).count
        let start = try file.state().length - (lines + 1) * SigningLine.longest
        // Its first line is looked at in either case: whose journal it is.
        var reader = try SigningJournalReader(file: file, key: key)
        if start > header { reader = try SigningJournalReader(file: file, from: start) }
        var found: [SigningRecord] = []
        while let item = try reader.next() {
            guard case .record(let record) = item, record.kind == .certificate || record.kind == .list else { continue }
            found.append(record)
        }
        return Array(found.suffix(lines))
    }
}
