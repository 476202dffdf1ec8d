internal import Cryptography
package import Groundwork
package import Storage

extension CertificateRecord {
    /// The subjects of every order of this room that can be about the certificate: its own number (revocation, hold,
    /// resumption, another reason), its key (issuance for servers, departments and officers), and each list of a
    /// revocation in bulk that it stands on.
    package func orderSubjects(in transaction: any ReadTransaction) throws(Refusal) -> [String] {
        var subjects = [serialNumber.hex, Issuance.orderSubject(try certificate().publicKey)]
        for row in try transaction.query(
            """
            SELECT b.digest AS digest FROM bulk_revocation_item i JOIN bulk_revocation b ON b.id = i.job
            WHERE i.serial = $1 AND b.progress <> 'prepared'
            """, serialNumber.bytes)
        { subjects.append(Hex.encode(try row.blob("digest"))) }
        return subjects
    }
}
