internal import CertificateRecords
internal import Cryptography
internal import Foundation
internal import Groundwork
internal import KeyCustody
internal import LongTermEvidence
package import Reconciliation
internal import Storage

extension Authority {
    /// A reconciliation over every issuer of this authority, those that issue no more too.
    ///
    /// - Parameters:
    ///   - keysDirectory: where this machine's signers keep their journals.
    ///   - more: journals from elsewhere, such as an offline root's; each says itself whose key it is of.
    ///   - keys: what the records of security keys say; `nil` leaves them out.
    ///   - served: fetches what relying parties get; `nil` leaves it out.
    ///   - scratch: a folder to work in, with room for about 150 bytes for each certificate.
    package func reconciliation(
        keysDirectory: String, journals more: [String] = [], keys: (any KeyRecords)?, served: ServedStatus? = nil,
        scratch: String
    ) async throws -> StoreReconciliation {
        let generations = try await database.read { try HierarchyStore.all(in: $0) }
        var journals: [StoreReconciliation.Journal] = []
        var strange = Set(more)
        for stored in generations {
            let (generation, certificate) = (stored.generation, stored.certificate)
            let path = SigningJournal.path(in: keysDirectory, key: stored.keyName)
            let isHere = FileManager.default.fileExists(atPath: path)
            let given = try more.filter { try SigningJournal.isOf(certificate.publicKey, path: $0) }
            strange.subtract(given)
            // A copy of the journal that lies here says nothing new; each of its lines would seem signed twice.
            for file in given where !(isHere && FileManager.default.contentsEqual(atPath: file, andPath: path)) {
                journals.append(
                    StoreReconciliation.Journal(
                        name: "\(generation)/\((file as NSString).lastPathComponent)", issuer: generation,
                        certificate: certificate, path: file, isExpected: true))
            }
            if isHere || given.isEmpty {
                let hasSigner = (try? issuers.issuer(generation: generation))?.hasSigner ?? false
                journals.append(
                    StoreReconciliation.Journal(
                        name: generation, issuer: generation, certificate: certificate, path: isHere ? path : nil,
                        isExpected: hasSigner))
            }
        }
        if let file = strange.min() { throw Refusal(KeyCustodyRefusal.foreignJournal, detail: file) }
        var reconciliation = StoreReconciliation(
            database: database, audit: audit, surroundings: surroundings, journals: journals, keys: keys,
            scratch: scratch)
        reconciliation.served = served
        reconciliation.kept = validity.kept
        return reconciliation
    }
}
