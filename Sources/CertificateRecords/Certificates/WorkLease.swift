package import Groundwork
package import Storage

/// Who does a piece of work that only one process may do at a time. A lease ends by itself: what dies with its work
/// half done is taken over.
package enum WorkLease {
    /// Takes or prolongs it. One that would last longer than two of its kind was taken by a clock that was ahead: it
    /// holds nothing.
    /// - Returns: whether it is this owner's now.
    package static func take(
        _ name: String, owner: [UInt8], at now: Instant, seconds: Int64, in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        try transaction.execute(
            """
            INSERT INTO work_lease (name, owner, lease_until) VALUES ($1, $2, $3)
            ON CONFLICT (name) DO UPDATE SET owner = excluded.owner, lease_until = excluded.lease_until
            WHERE work_lease.owner = excluded.owner OR work_lease.lease_until <= $4
                OR work_lease.lease_until > $5
            """, name, owner, now.adding(seconds: seconds), now, now.adding(seconds: 2 * seconds)) == 1
    }

    /// Whether nobody took it since.
    package static func isHeld(_ name: String, owner: [UInt8], in transaction: any ReadTransaction) throws(Refusal)
        -> Bool
    {
        try transaction.first("SELECT 1 AS held FROM work_lease WHERE name = $1 AND owner = $2", name, owner) != nil
    }

    package static func release(_ name: String, owner: [UInt8], in transaction: any Transaction) throws(Refusal) {
        try transaction.execute("DELETE FROM work_lease WHERE name = $1 AND owner = $2", name, owner)
    }

    /// Waits until nobody holds it: released, taken back, or run out. Looks at once, then soon, then ever more seldom,
    /// and no later than at the lease's own end.
    /// - Parameter patience: milliseconds, by time that never goes back.
    /// - Returns: `false` if it is held still.
    package static func waitForEnd(
        of name: String, patience: Int64, in database: Database, _ surroundings: Surroundings
    ) async throws -> Bool {
        let began = surroundings.monotonicNanoseconds()
        var pause: Int64 = 2
        while true {
            let now = surroundings.now()
            let end = try await database.read { transaction in
                try transaction.first("SELECT lease_until FROM work_lease WHERE name = $1", name)?
                    .instant("lease_until")
            }
            guard let end, now < end else { return true }
            let left = patience - Int64((surroundings.monotonicNanoseconds() &- began) / 1_000_000)
            guard left > 0 else { return false }
            try await surroundings.pause(min(pause, left, max(1, end.milliseconds - now.milliseconds)))
            pause = min(pause * 2, 250)
        }
    }
}
