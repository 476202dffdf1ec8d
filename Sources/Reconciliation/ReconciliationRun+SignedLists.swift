internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

/// The lists of one journal as they are read: the last of them, and numbers that do not rise.
struct SignedLists {
    /// Lists are numbered by scope, complete lists and deltas each for themselves.
    private struct Series: Hashable {
        let scope: String
        let isDelta: Bool
    }

    /// The newest, at most as many as the store keeps intents of.
    private(set) var newest: [SigningRecord] = []
    /// Two lists of one series, the later of which has no higher number.
    private(set) var repeated: [(earlier: SigningRecord, later: SigningRecord)] = []
    private var last: [Series: SigningRecord] = [:]

    mutating func add(_ record: SigningRecord) {
        guard let name = record.list else { return }
        newest.append(record)
        if newest.count >= 2 * ListIntentStore.kept { newest.removeFirst(newest.count - ListIntentStore.kept) }
        let series = Series(scope: name.scope, isDelta: name.isDelta)
        if let before = last[series], let number = before.list?.number, name.number <= number, repeated.count < 1000 {
            repeated.append((before, record))
        }
        last[series] = record
    }
}

extension ReconciliationRun {
    /// What was signed as a list against what was about to be: a list that the store never intended was signed after a
    /// state that was put back, and so was one of two with one number. A list that was begun and never stored has its
    /// intent, and its number may come again: nobody got to see it.
    mutating func compareSignedLists() async throws {
        for (issuer, lists) in signedLists.sorted(by: { $0.key < $1.key }) {
            let (newest, repeated) = (lists.newest.suffix(ListIntentStore.kept), lists.repeated)
            let (unknown, reused) = try await reconciliation.database.read { transaction in
                // Before the oldest intent that is kept nothing is known.
                guard let oldest = try ListIntentStore.oldest(issuer: issuer, in: transaction) else {
                    return (Array(newest), [SigningRecord]())
                }
                func isUnknown(_ record: SigningRecord) throws(Refusal) -> Bool {
                    guard record.at >= oldest else { return false }
                    return try !ListIntentStore.isKnown(record.digest, in: transaction)
                }
                return (
                    try newest.filter { record in try isUnknown(record) },
                    try repeated.filter { pair in try isUnknown(pair.earlier) || isUnknown(pair.later) }.map(\.later)
                )
            }
            for record in unknown { try found(.listNotStored, "\(issuer)/\(record.shown)", "at \(record.at.rfc3339)") }
            for record in reused {
                try found(.listNumberReused, "\(issuer)/\(record.shown)", "at \(record.at.rfc3339)")
            }
        }
    }
}

extension SigningRecord {
    /// A list's number, and its digest.
    fileprivate var shown: String { "#\(list?.number ?? 0) SHA-256 \(Hex.encode(digest))" }
}
