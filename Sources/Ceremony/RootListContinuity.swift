internal import CertificateRecords
internal import CertificateStatus
internal import Cryptography
internal import Groundwork
internal import Storage

/// A root's next list names everything that was revoked before it and has not ended: whoever brings one that does not
/// would make a revoked authority good again.
struct RootListContinuity {
    let list: CertificateList
    let issuer: String

    /// - Throws: `ceremony-list-shrunk` with the first certificate that is left out.
    func check(in transaction: any ReadTransaction) throws(Refusal) {
        for serial in try revoked(in: transaction) where list.entry(for: serial) == nil {
            throw Refusal(
                CeremonyRefusal.ceremonyListShrunk, facts: ["artefact": "\(issuer).crl", "serial": serial.hex])
        }
    }

    /// What this root revoked, by the list that is served and by the store.
    private func revoked(in transaction: any ReadTransaction) throws(Refusal) -> [SerialNumber] {
        var serials: [SerialNumber] = []
        if let stored = try StatusService.storedList(issuer: issuer, shard: 0, in: transaction) {
            for entry in try CertificateList(der: stored).entries
            where try !hasEnded(entry.serialNumber, in: transaction) {
                serials.append(entry.serialNumber)
            }
        }
        // A root certifies authorities alone: their rows are few, whatever else is stored.
        return serials
            + (try HierarchyStore.revoked(by: issuer, endingAfter: list.thisUpdate, in: transaction))
    }

    private func hasEnded(_ serial: SerialNumber, in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        guard let record = try CertificateStore.certificate(serial, in: transaction) else { return false }
        return record.notAfter < list.thisUpdate
    }
}
