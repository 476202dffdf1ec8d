internal import Audit
internal import CertificateRecords
package import Cryptography
package import Groundwork
package import Storage

/// What was imported, for whoever compares it with the archives that brought it.
extension ImportedCertificates {
    /// An archive that was imported as a whole.
    package struct Archive: Sendable {
        /// The manifest's SHA-256.
        package let hash: [UInt8]
        /// Whether this authority's own audit stands behind it.
        package let isOwn: Bool
    }

    /// In the order in which they came.
    package static func archives(in transaction: any ReadTransaction) throws(Refusal) -> [Archive] {
        try transaction.query(
            """
            SELECT hash, origin IS NOT DISTINCT FROM $1 AS is_own FROM taken_archive
            WHERE done_at IS NOT NULL ORDER BY begun_at, hash
            """, AuditLog.origin(in: transaction)
        ).map { row throws(Refusal) in Archive(hash: try row.blob("hash"), isOwn: try row.bool("is_own")) }
    }

    /// What the table says of other authorities' certificates, in the order of the certificates' SHA-256, at most
    /// `limit`: neither of what was ours and pruned nor of what is still stored as ours.
    /// - Parameter sha256: of the certificate after which the page begins; empty: from the beginning.
    package static func claims(
        after sha256: [UInt8], limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [(sha256: [UInt8], claim: TakenClaim)] {
        try transaction.query(
            """
            SELECT t.sha256 AS sha256, t.serial AS serial, t.archive AS archive, t.record AS record
            FROM taken_certificate t JOIN taken_archive a ON a.hash = t.archive
            WHERE t.sha256 > $1 AND a.done_at IS NOT NULL
                AND NOT EXISTS (SELECT 1 FROM pruned_certificate p WHERE p.serial = t.serial)
                AND NOT \(CertificateStore.isStored(serial: "t.serial", der: "t.der"))
            ORDER BY t.sha256 LIMIT $2
            """, sha256, limit
        ).map { row throws(Refusal) in
            (
                sha256: try row.blob("sha256"),
                claim: TakenClaim(
                    serial: try row.serial("serial"), archive: try row.blob("archive"),
                    record: DigestAlgorithm.sha256.hash(try row.blob("record")))
            )
        }
    }

    /// Whether anything was imported under a serial number.
    package static func has(_ serial: SerialNumber, in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first("SELECT 1 AS found FROM taken_certificate WHERE serial = $1", serial.bytes) != nil
    }
}
