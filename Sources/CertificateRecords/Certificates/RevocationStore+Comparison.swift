internal import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

/// The table of revocations as values: for whoever compares something with it.
extension RevocationStore {
    /// One serial number's entry; `nil` where it is neither revoked nor suspended.
    package static func fact(
        of serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> RevocationFact? {
        try transaction.first(
            "SELECT reason, revoked_at, invalid_since FROM revocation WHERE serial = $1", serial.bytes
        )
        .flatMap { row throws(Refusal) in try RevocationFact(optional: row) }
    }

    /// Every entry of a range of serial numbers, in order, in the memory of one page.
    package static func forEach(
        in range: SerialRange, _ transaction: any ReadTransaction, _ body: (SerialNumber, RevocationFact) -> Void
    ) throws(Refusal) {
        try transaction.forEachRow(
            """
            SELECT serial, reason, revoked_at, invalid_since FROM revocation
            WHERE serial > $1 AND serial < $2 ORDER BY serial LIMIT 2000
            """, in: range
        ) { serial, row throws(Refusal) in
            body(
                serial,
                RevocationFact(
                    reason: RevocationReason(rawValue: Int(try row.integer("reason"))) ?? .unspecified,
                    revokedAt: try row.instant("revoked_at"), invalidSince: try row.optionalInstant("invalid_since")))
        }
    }

    /// The next serial numbers with an entry after this one (empty: from the beginning), at most `limit`.
    package static func serials(
        after serial: [UInt8], limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query("SELECT serial FROM revocation WHERE serial > $1 ORDER BY serial LIMIT $2", serial, limit)
            .serials()
    }

    /// The entries of a scope whose certificates ended before a moment.
    /// - Parameter scope: as stored, see ``CRLScope/stored``.
    package static func ended(
        issuer: String, scope: Int, before moment: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query(
            "SELECT serial FROM revocation WHERE issuer = $1 AND ($2 = -1 OR shard = $2) AND not_after < $3", issuer,
            scope, moment
        ).serials()
    }

    /// One change after a delta's base.
    package struct Change: Sendable {
        /// Reason `removeFromCRL` where a suspension ended.
        package let entry: RevokedEntry
        package let notAfter: Instant
        /// See ``StatusChange``.
        package let number: Int64
    }

    /// Each change of a scope after a number, by serial number: what a delta may have to name, whatever its own moment.
    /// - Parameter moment: revoked certificates that ended before it are left out.
    package static func changes(
        issuer: String, scope: Int, after number: Int64, endingAfter moment: Instant,
        in transaction: any ReadTransaction
    ) throws(Refusal) -> [Change] {
        var changes: [Change] = []
        for row in try transaction.query(
            """
            SELECT serial, revoked_at, reason, invalid_since, not_after, change_number FROM revocation
            WHERE change_number > $1 AND issuer = $2 AND ($3 = -1 OR shard = $3) AND not_after >= $4
            UNION ALL
            SELECT serial, removed_at, 8, NULL, not_after, change_number FROM revocation_removal
            WHERE change_number > $1 AND issuer = $2 AND ($3 = -1 OR shard = $3)
            ORDER BY 1
            """, number, issuer, scope, moment)
        {
            guard let fact = try RevocationFact(optional: row) else { continue }
            changes.append(
                Change(
                    entry: RevokedEntry(
                        serialNumber: try row.serial("serial"), revokedAt: fact.revokedAt, reason: fact.reason,
                        invalidSince: fact.invalidSince), notAfter: try row.instant("not_after"),
                    number: try row.integer("change_number")))
        }
        return changes
    }
}
