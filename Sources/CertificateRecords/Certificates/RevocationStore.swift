internal import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

/// The table of what is revoked or held. Each change draws a number that all processes see in one order.
package enum RevocationStore {
    package static func insert(
        serial: SerialNumber, issuer: String, shard: Int, fact: RevocationFact, notAfter: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        let change = try StatusChange.next(in: transaction)
        try transaction.execute(
            """
            INSERT INTO revocation (serial, issuer, shard, reason, revoked_at, invalid_since, not_after, change_number)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            ON CONFLICT (serial) DO UPDATE SET reason = excluded.reason, revoked_at = excluded.revoked_at,
                invalid_since = excluded.invalid_since, change_number = excluded.change_number
            """, serial.bytes, issuer, shard, fact.reason.rawValue, fact.revokedAt.truncatedToSecond,
            fact.invalidSince?.truncatedToSecond, notAfter, change)
        if RejectedKeyStore.isCompromise(fact.reason) {
            try RejectedKeyStore.note(compromiseOf: serial, at: fact.revokedAt, in: transaction)
        }
        // Held again: a delta says so, and no longer that it was let go.
        try transaction.execute("DELETE FROM revocation_removal WHERE serial = $1", serial.bytes)
        try touch(issuer: issuer, shard: shard, change, in: transaction)
    }

    /// Ends a hold. That it was one is remembered, for deltas have to say so (removeFromCRL).
    package static func remove(
        serial: SerialNumber, issuer: String, shard: Int, notAfter: Instant, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        let change = try StatusChange.next(in: transaction)
        try transaction.execute("DELETE FROM revocation WHERE serial = $1 AND reason = 6", serial.bytes)
        try transaction.execute(
            """
            INSERT INTO revocation_removal (serial, issuer, shard, removed_at, not_after, change_number)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (serial) DO UPDATE SET removed_at = excluded.removed_at,
                change_number = excluded.change_number
            """, serial.bytes, issuer, shard, now.truncatedToSecond, notAfter, change)
        try touch(issuer: issuer, shard: shard, change, in: transaction)
    }

    /// The stored lists of this shard and of the whole are no longer current.
    private static func touch(
        issuer: String, shard: Int, _ change: Int64, in transaction: any Transaction
    ) throws(Refusal) {
        for scope in [shard, CRLScope.full.stored] {
            try CRLScopeStore.touch(issuer: issuer, scope: scope, change: change, in: transaction)
        }
    }

    /// What a complete list names: everything that had not ended when the list before was made, and in the lists that
    /// keep expired certificates also what ended later than `keptAfter`. Rows become DER as they come.
    /// - Parameters:
    ///   - splits: whether the issuer has lists of both kinds, the odd ones being those that keep.
    ///   - thisUpdate: nothing on a list was revoked after it was made; see ``RevokedEntry/told(at:)``.
    package static func entries(
        issuer: String, scope: Int, endingAfter previous: Instant, keptAfter: Instant, splits: Bool,
        madeAt thisUpdate: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> RevokedEntries {
        let columns = "serial, revoked_at, reason, invalid_since"
        if scope >= 0 {
            let floor = splits && scope % 2 == 1 ? keptAfter : previous
            var entries = RevokedEntries()
            try transaction.scan(
                "SELECT \(columns) FROM revocation WHERE issuer = $1 AND shard = $2 AND not_after >= $3 ORDER BY serial",
                issuer, scope,
                floor
            ) { row throws(Refusal) in try append(row, to: &entries, thisUpdate) }
            return entries
        }
        let counted = try transaction.first("SELECT count(*) AS n FROM revocation WHERE issuer = $1", issuer)
        var entries = RevokedEntries(reserving: Int(try counted?.integer("n") ?? 0))
        try transaction.scan(
            """
            SELECT \(columns) FROM revocation
            WHERE issuer = $1 AND (not_after >= $2 OR $4 = 1 AND shard % 2 = 1 AND not_after >= $3) ORDER BY serial
            """, issuer, previous, keptAfter, splits
        ) { row throws(Refusal) in try append(row, to: &entries, thisUpdate) }
        return entries
    }

    /// What every complete list made now has to name, as values: for whoever compares lists with the table.
    package static func named(
        issuer: String, scope: Int, endingAfter moment: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> [RevokedEntry] {
        var entries: [RevokedEntry] = []
        for row in try transaction.query(
            """
            SELECT serial, revoked_at, reason, invalid_since FROM revocation
            WHERE issuer = $1 AND ($2 = -1 OR shard = $2) AND not_after >= $3 ORDER BY serial
            """, issuer, scope, moment)
        {
            guard let fact = try RevocationFact(optional: row) else { continue }
            entries.append(
                RevokedEntry(
                    serialNumber: try row.serial("serial"), revokedAt: fact.revokedAt, reason: fact.reason,
                    invalidSince: fact.invalidSince))
        }
        return entries
    }

    /// What a delta names: each change after its base, and what was let go since (RFC 5280, 5.2.4).
    package static func changes(
        issuer: String, scope: Int, after change: Int64, endingAfter: Instant, madeAt thisUpdate: Instant,
        at now: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> RevokedEntries {
        var entries = RevokedEntries()
        try transaction.scan(changesQuery, change, issuer, scope, endingAfter, now) { row throws(Refusal) in
            try append(row, to: &entries, thisUpdate)
        }
        return entries
    }

    /// In this form the range of changes is what is looked through, not everything that the issuer ever revoked: the
    /// issuer is compared as a value that no index has, and the order is made afterwards.
    package static let changesQuery = """
        SELECT serial, revoked_at, reason, invalid_since FROM (
            SELECT serial, revoked_at, reason, invalid_since FROM revocation
            WHERE change_number > $1 AND issuer || '' = $2 AND ($3 = -1 OR shard = $3) AND not_after >= $4
            UNION ALL
            SELECT serial, removed_at, 8, NULL FROM revocation_removal
            WHERE change_number > $1 AND issuer || '' = $2 AND ($3 = -1 OR shard = $3) AND not_after >= $5
        ) AS changed ORDER BY serial
        """

    private static func append(
        _ row: any ScannedRow, to entries: inout RevokedEntries, _ thisUpdate: Instant
    ) throws(Refusal) {
        let raw = try row.integer(2)
        guard let reason = RevocationReason(rawValue: Int(raw)) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "revocation reason \(raw)")
        }
        let revokedAt = min(Instant(milliseconds: try row.integer(1)), thisUpdate)
        let invalidSince = try row.optionalInteger(3).map { min(Instant(milliseconds: $0), revokedAt) }
        try row.withBlob(0) { serial in
            entries.append(serialNumber: serial, revokedAt: revokedAt, reason: reason, invalidSince: invalidSince)
        }
    }
}

extension RevokedEntry {
    /// As a list or an answer of that moment says it. Where the clock was ahead when a certificate was revoked, or is
    /// behind now, the date lies in the future of that moment: neither may say so (RFC 5280, 5.1.2.6; RFC 6960, 4.2.1),
    /// and a revocation that is not told at all would be worse than one that is told with an earlier date.
    package func told(at moment: Instant) -> RevokedEntry {
        var entry = self
        entry.revokedAt = min(revokedAt, moment)
        entry.invalidSince = invalidSince.map { min($0, entry.revokedAt) }
        return entry
    }
}
