package import Cryptography
package import Groundwork
package import Storage

/// What of revocations in bulk is kept for a time only, and what of them concerns one certificate.
package enum BulkRetention {
    /// How many had finished before that moment.
    package static func finished(before moment: Instant, in transaction: any ReadTransaction) throws(Refusal) -> Int {
        Int(
            try transaction.first(
                "SELECT count(*) AS n FROM bulk_revocation WHERE progress = 'done' AND finished_at < $1", moment
            )?.integer("n") ?? 0)
    }

    /// Takes away at most so many of these, with their lists.
    package static func removeFinished(
        before moment: Instant, limit: Int, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        try transaction.execute(
            """
            DELETE FROM bulk_revocation WHERE id IN (
                SELECT id FROM bulk_revocation WHERE progress = 'done' AND finished_at < $1 LIMIT $2)
            """, moment, limit)
    }

    /// The digests of the lists that were ordered and that a certificate stands on.
    package static func digests(
        of serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [[UInt8]] {
        var digests: [[UInt8]] = []
        for row in try transaction.query(
            """
            SELECT b.digest AS digest FROM bulk_revocation_item i JOIN bulk_revocation b ON b.id = i.job
            WHERE i.serial = $1 AND b.progress <> 'prepared'
            """, serial.bytes)
        { digests.append(try row.blob("digest")) }
        return digests
    }
}
