internal import CertificateRecords
internal import Cryptography
package import Groundwork
internal import Issuance
internal import Revocation
package import Storage

extension CertificateRecord {
    /// The subjects of every order of this room that can be about the certificate: its own number (revocation, hold,
    /// resumption, another reason), its key (issuance for servers, departments and officers), and each list of a
    /// revocation in bulk that it stands on.
    package func orderSubjects(in transaction: any ReadTransaction) throws(Refusal) -> [String] {
        var subjects = [serialNumber.hex, IssuanceService.orderSubject(try certificate().publicKey)]
        subjects += try BulkRetention.digests(of: serialNumber, in: transaction).map { Hex.encode($0) }
        return subjects
    }
}
