internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

extension RestorationPlan {
    mutating func add(_ record: SigningRecord, of issuer: String) {
        if let serial = record.serial {
            guard !certificates.contains(where: { $0.serial == serial }) else { return }
            certificates.append(
                Certificate(serial: serial, issuer: issuer, digest: record.digest, signedAt: record.at))
        } else {
            lists.append(
                List(issuer: issuer, digest: record.digest, number: record.list?.number, signedAt: record.at))
        }
    }

    /// What the store says otherwise. A delta's "let go" is left out: a hold that is ended once too little is ended by
    /// an officer.
    mutating func add(
        _ list: CertificateList, of issuer: String, in transaction: any ReadTransaction
    ) throws(Refusal) {
        for entry in list.entries where entry.reason != .removeFromCRL {
            let stored = try CertificateStore.status(of: entry.serialNumber, in: transaction)
            if let fact = stored?.revocation,
                fact.reason != .certificateHold || entry.reason == .certificateHold
            {
                continue
            }
            // What was drawn and has no certificate is closed by its lease; what was pruned is known.
            if stored == nil, try IntentStore.isKnown(entry.serialNumber, in: transaction) { continue }
            if certificates.contains(where: { $0.serial == entry.serialNumber }) { continue }
            if let earlier = revocations.firstIndex(where: { $0.entry.serialNumber == entry.serialNumber }) {
                // For good outweighs held.
                if revocations[earlier].entry.reason == .certificateHold {
                    revocations[earlier] = Revocation(issuer: issuer, entry: entry)
                }
                continue
            }
            revocations.append(Revocation(issuer: issuer, entry: entry))
        }
    }

    /// Above every number that is proved, and above every number that lists of the older form may have had.
    mutating func number(
        _ generations: [StoreRestoration.Generation], lists given: [(list: CertificateList, issuer: String)],
        unnumbered: [String: Int], in transaction: any ReadTransaction
    ) throws(Refusal) {
        for generation in generations {
            let issuer = generation.name
            let scopes = CRLScope.all(shards: generation.shards)
            var stored = 0
            for scope in scopes {
                stored = max(
                    stored, try CRLScopeStore.state(issuer: issuer, scope: scope.stored, in: transaction).number)
            }
            let signed = lists.filter { $0.issuer == issuer }
            let published = given.filter { $0.issuer == issuer }.compactMap(\.list.number).max() ?? 0
            let isBehind =
                !signed.isEmpty || certificates.contains { $0.issuer == issuer }
                || revocations.contains { $0.issuer == issuer } || published > stored || contradiction != nil
            guard isBehind else { continue }
            let named = max(signed.compactMap(\.number).max() ?? 0, published)
            numbers[issuer] = max(stored + unnumbered[issuer, default: 0], named)
        }
    }
}
