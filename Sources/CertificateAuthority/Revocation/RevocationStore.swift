internal import Cryptography
internal import Groundwork
internal import Storage

/// The table of what is revoked or held, and the version of each shard that it changes.
enum RevocationStore {
    static func insert(
        serial: SerialNumber, issuer: String, shard: Int, reason: RevocationReason, at moment: Instant,
        notAfter: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO revocation (serial, issuer, shard, reason, revoked_at, not_after)
            VALUES ($1, $2, $3, $4, $5, $6)
            ON CONFLICT (serial) DO UPDATE SET reason = excluded.reason, revoked_at = excluded.revoked_at
            """, serial.bytes, issuer, shard, reason.rawValue, moment.truncatedToSecond, notAfter)
        try touch(issuer: issuer, shard: shard, in: transaction)
    }

    static func remove(
        serial: SerialNumber, issuer: String, shard: Int, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute("DELETE FROM revocation WHERE serial = $1 AND reason = 6", serial.bytes)
        try touch(issuer: issuer, shard: shard, in: transaction)
    }

    /// The stored list of this shard is no longer current.
    private static func touch(issuer: String, shard: Int, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO revocation_shard (issuer, shard, change_version) VALUES ($1, $2, 1)
            ON CONFLICT (issuer, shard) DO UPDATE SET change_version = revocation_shard.change_version + 1
            """, issuer, shard)
    }

    static func changeVersion(
        issuer: String, shard: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> Int64 {
        try transaction.first(
            "SELECT change_version FROM revocation_shard WHERE issuer = $1 AND shard = $2", issuer, shard
        )?.integer("change_version") ?? 0
    }

    /// What a list has to name: everything that had not ended when the list before was made. So an entry leaves only
    /// after one list that was made after the certificate's end has named it (RFC 5280, 3.3).
    static func entries(
        issuer: String, shard: Int, endingAfter previous: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> [RevokedEntry] {
        var entries: [RevokedEntry] = []
        for row in try transaction.query(
            """
            SELECT serial, revoked_at, reason FROM revocation
            WHERE issuer = $1 AND shard = $2 AND not_after >= $3 ORDER BY serial
            """, issuer, shard, previous)
        {
            guard let fact = try RevocationFact(optional: row) else { continue }
            entries.append(
                RevokedEntry(
                    serialNumber: try row.serial("serial"), revokedAt: fact.revokedAt, reason: fact.reason))
        }
        return entries
    }
}
