internal import Groundwork
internal import Storage

/// Who does a piece of work that only one process may do at a time. A lease ends by itself: what dies with its work half
/// done is taken over.
enum WorkLease {
    /// Takes or prolongs it.
    /// - Returns: whether it is this owner's now.
    static func take(
        _ name: String, owner: [UInt8], at now: Instant, seconds: Int64, in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        try transaction.execute(
            """
            INSERT INTO work_lease (name, owner, lease_until) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
            WHERE work_lease.owner = excluded.owner OR work_lease.lease_until <= $4
            """, name, owner, now.adding(seconds: seconds), now) == 1
    }

    /// Whether nobody took it since.
    static func isHeld(_ name: String, owner: [UInt8], in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first("SELECT 1 AS held FROM work_lease WHERE name = $1 AND owner = $2", name, owner) != nil
    }

    static func release(_ name: String, owner: [UInt8], in transaction: any Transaction) throws(Refusal) {
        try transaction.execute("DELETE FROM work_lease WHERE name = $1 AND owner = $2", name, owner)
    }
}
