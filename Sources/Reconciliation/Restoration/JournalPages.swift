internal import Cryptography
internal import Groundwork
internal import KeyCustody

/// The certificates and lists of a journal, so many lines at once: memory does not grow with the journal.
final class JournalPages {
    private static let lines = 2000
    private var reader: SigningJournalReader

    init(path: String, key: PublicKey) throws(Refusal) { reader = try SigningJournalReader(path: path, key: key) }

    /// The next ones, oldest first; `nil` at the end.
    func next() throws(Refusal) -> [SigningRecord]? {
        var page: [SigningRecord] = []
        while page.count < Self.lines, let item = try reader.next() {
            guard case .record(let record) = item, record.kind == .certificate || record.kind == .list else { continue }
            page.append(record)
        }
        return page.isEmpty ? nil : page
    }
}
