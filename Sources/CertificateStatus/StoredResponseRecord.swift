internal import CertificateRecords
package import Cryptography
package import Groundwork
package import Storage

/// A stored OCSP response, its bytes unread: for whoever compares responses with something else.
package struct StoredResponseRecord: Sendable {
    /// Where a pass over the stored responses has come to, in the order of the table's key.
    package struct Cursor: Sendable {
        /// The serial number's bytes as they are stored.
        package let serial: [UInt8]
        /// The form of the CertID that was asked with.
        package let form: String
        /// The serial number of the responder's certificate.
        package let responder: [UInt8]

        package init(serial: [UInt8], form: String, responder: [UInt8]) {
            self.serial = serial
            self.form = form
            self.responder = responder
        }
    }

    package let cursor: Cursor
    /// The status version that it was made for.
    package let version: Int64
    package let der: [UInt8]

    /// The next responses that were made at a moment or later, at most `limit`.
    /// - Parameters:
    ///   - cursor: `nil`: from the beginning.
    ///   - moment: `nil`: whenever they were made.
    package static func page(
        after cursor: Cursor?, madeSince moment: Instant? = nil, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [StoredResponseRecord] {
        try transaction.query(
            """
            SELECT serial, digest, responder, status_version, der FROM ocsp_answer
            WHERE (serial, digest, responder) > ($1, $2, $3) AND ($4 IS NULL OR this_update >= $4)
            ORDER BY serial, digest, responder LIMIT $5
            """, cursor?.serial ?? [], cursor?.form ?? "", cursor?.responder ?? [], moment, limit
        ).map { row throws(Refusal) in
            StoredResponseRecord(
                cursor: Cursor(
                    serial: try row.blob("serial"), form: try row.text("digest"),
                    responder: try row.blob("responder")), version: try row.integer("status_version"),
                der: try row.blob("der"))
        }
    }

    /// The next serial numbers that were asked about, after this one (empty: from the beginning), at most `limit`.
    package static func serials(
        after serial: [UInt8], limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query(
            "SELECT DISTINCT serial FROM ocsp_answer WHERE serial > $1 ORDER BY serial LIMIT $2", serial, limit
        ).serials()
    }

    /// The next stored certificate after a serial number that is neither revoked nor suspended and that nobody asked
    /// about; `nil` where there is none.
    package static func unasked(
        after serial: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> SerialNumber? {
        try transaction.first(unaskedQuery, serial)?.serial("serial")
    }

    /// The store walks along the serial numbers and stops at the first: `$1` is where it begins.
    package static let unaskedQuery = """
        SELECT c.serial AS serial FROM \(CertificateStore.unrevokedSerials) c WHERE c.serial > $1
            AND NOT EXISTS (SELECT 1 FROM ocsp_answer a WHERE a.serial = c.serial)
        ORDER BY c.serial LIMIT 1
        """
}
