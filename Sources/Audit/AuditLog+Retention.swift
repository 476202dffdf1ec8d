package import Groundwork
package import Storage

extension AuditLog {
    /// An event's name begins with the milliseconds of its making (UUIDv7): the first name that is not before the
    /// moment.
    private static func bound(_ before: Instant) -> [UInt8] {
        let milliseconds = UInt64(max(0, before.milliseconds))
        return (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64($0))) }
    }

    /// How many events from before a moment still have personal data.
    package static func eventsWithPersonalData(
        before: Instant, in transaction: any ReadTransaction
    ) throws(Refusal) -> Int {
        Int(
            try transaction.first(
                "SELECT count(DISTINCT event) AS n FROM audit_personal WHERE event < $1", bound(before))?.integer("n")
                ?? 0)
    }

    /// Forgets the personal data of at most so many events from before a moment; each deletion is an event, and the
    /// tree stays as it is.
    /// - Returns: of how many events.
    package func forgetPersonalData(
        before: Instant, limit: Int, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        let rows = try transaction.query(
            "SELECT DISTINCT event FROM audit_personal WHERE event < $1 ORDER BY event LIMIT $2",
            AuditLog.bound(before), limit)
        for row in rows {
            try forgetPersonalData(of: row.identifier("event"), actor: .system, in: transaction)
        }
        return rows.count
    }
}
