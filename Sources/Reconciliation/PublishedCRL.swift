internal import CertificateProfiles
internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Groundwork
internal import Storage

/// A stored list, complete or delta, and what the table says at the same moment.
struct PublishedCRL: Sendable {
    /// What it has to say.
    enum Content: Sendable {
        /// - Parameter mayStillName: ended before the list was made, and on it once more (RFC 5280, 3.3).
        case complete([RevokedEntry], mayStillName: Set<SerialNumber>)
        case delta(Changes)
        /// The complete list that it changes has ended and was forgotten: what it has to say is not known any more.
        case withoutBase
    }

    /// The changes since a delta's base, each with its number.
    struct Changes: Sendable {
        var entries: [(entry: RevokedEntry, change: Int64)] = []
        var mayBeLeftOut: Set<SerialNumber> = []
    }

    let stored: StoredCRL
    let content: Content

    init?(_ name: StoredCRL.Name, in transaction: any ReadTransaction) throws(Refusal) {
        guard let stored = try StoredCRL(name, in: transaction) else { return nil }
        self.stored = stored
        if let baseNumber = stored.baseNumber {
            content = try PublishedCRL.changes(name, since: baseNumber, madeAt: stored.thisUpdate, in: transaction)
            return
        }
        let ended = try RevocationStore.ended(
            issuer: name.issuer, scope: name.scope, before: stored.thisUpdate, in: transaction)
        content = .complete(
            try RevocationStore.named(
                issuer: name.issuer, scope: name.scope, endingAfter: stored.thisUpdate, in: transaction),
            mayStillName: Set(ended))
    }

    private static func changes(
        _ name: StoredCRL.Name, since number: Int, madeAt thisUpdate: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> Content {
        guard let base = try StoredCRL.base(name, number: number, in: transaction) else { return .withoutBase }
        var changes = Changes()
        for change in try RevocationStore.changes(
            issuer: name.issuer, scope: name.scope, after: base.change, endingAfter: base.thisUpdate, in: transaction)
        {
            if change.notAfter < thisUpdate.adding(seconds: 1) {
                changes.mayBeLeftOut.insert(change.entry.serialNumber)
            }
            changes.entries.append((entry: change.entry, change: change.number))
        }
        return .delta(changes)
    }
}

extension StoredCRL.Name {
    var parsedKind: CertificateList.Kind { kind == .delta ? .delta : .complete }
}
