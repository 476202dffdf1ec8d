package import Cryptography
package import Groundwork
package import Storage

/// What is stored about the status of one serial number, as far as a relying party is told.
package struct StoredStatus: Sendable {
    /// The issuing generation.
    package let issuer: String
    /// Rises with each change of the certificate's status; 1 for a serial number whose intent was closed.
    package let version: Int64
    package let notAfter: Instant
    /// `nil`: neither revoked nor suspended.
    package let revocation: RevocationFact?
}

extension CertificateStore {
    /// Of a stored certificate, or of a serial number that was closed and counts as revoked; `nil` where there is
    /// neither: an open intent is nothing yet.
    package static func status(
        of serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> StoredStatus? {
        var row = try transaction.first(
            """
            SELECT c.issuer AS issuer, c.status_version AS status_version, c.not_after AS not_after,
                r.reason AS reason, r.revoked_at AS revoked_at, r.invalid_since AS invalid_since
            FROM certificate c LEFT JOIN revocation r ON r.serial = c.serial WHERE c.serial = $1
            """, serial.bytes)
        if row == nil {
            row = try transaction.first(
                """
                SELECT issuer, 1 AS status_version, not_after, reason, revoked_at, invalid_since
                FROM revocation WHERE serial = $1
                """, serial.bytes)
        }
        return try row.map { row throws(Refusal) in
            StoredStatus(
                issuer: try row.text("issuer"), version: try row.integer("status_version"),
                notAfter: try row.instant("not_after"), revocation: try RevocationFact(optional: row))
        }
    }
}
