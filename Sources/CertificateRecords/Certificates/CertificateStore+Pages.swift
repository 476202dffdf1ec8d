internal import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

extension CertificateStore {
    /// A stored certificate's own row, its bytes unread: for whoever compares the store with something else.
    package struct Entry: Sendable {
        package let issuer: String
        package let state: CertificateState
        package let version: Int64
        package let medium: [UInt8]?
        /// A PIV slot's number.
        package let slot: UInt8?
        package let creditCode: String?
        package let der: [UInt8]
    }

    /// Every stored certificate of a range, in order, in the memory of one page of 500.
    package static func forEach(
        in range: SerialRange, _ transaction: any ReadTransaction,
        _ body: (SerialNumber, Entry) throws(Refusal) -> Void
    ) throws(Refusal) {
        try transaction.forEachRow(
            """
            SELECT serial, issuer, state, status_version, medium, place, credit_code, der FROM certificate
            WHERE serial > $1 AND serial < $2 ORDER BY serial LIMIT 500
            """, in: range
        ) { serial, row throws(Refusal) in
            try body(
                serial,
                Entry(
                    issuer: try row.text("issuer"), state: try row.choice("state"),
                    version: try row.integer("status_version"), medium: try row.optionalBlob("medium"),
                    slot: try row.optionalInteger("place").flatMap { UInt8(exactly: $0) },
                    creditCode: try row.optionalText("credit_code"), der: try row.blob("der")))
        }
    }

    /// A stored certificate as it was issued, its bytes unread.
    package struct Issued: Sendable {
        /// The serial number's bytes as they are stored.
        package let serial: [UInt8]
        package let issuer: String
        package let profile: String
        package let issuedAt: Instant
        package let der: [UInt8]
    }

    /// The next certificates after a serial number (empty: from the beginning) whose validity begins at a moment or
    /// later, at most `limit`.
    package static func issued(
        after serial: [UInt8], validFrom moment: Instant, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [Issued] {
        try transaction.query(
            """
            SELECT serial, issuer, profile, issued_at, der FROM certificate
            WHERE serial > $1 AND not_before >= $2 ORDER BY serial LIMIT $3
            """, serial, moment, limit
        ).map { row throws(Refusal) in
            Issued(
                serial: try row.blob("serial"), issuer: try row.text("issuer"), profile: try row.text("profile"),
                issuedAt: try row.instant("issued_at"), der: try row.blob("der"))
        }
    }

    /// A stored certificate's issuer and bytes by its serial number alone, unread; `nil` where there is none.
    package static func bytes(
        of serial: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> (issuer: String, der: [UInt8])? {
        try transaction.first("SELECT issuer, der FROM certificate WHERE serial = $1", serial).map {
            row throws(Refusal) in (issuer: try row.text("issuer"), der: try row.blob("der"))
        }
    }
}
