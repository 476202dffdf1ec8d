package import Groundwork
package import Storage

/// Whether the audit administrator did what each working day asks: the alarm where one passed without.
package struct CountersigningDuty: Sendable {
    private let calendar: WorkingDays

    package init(calendar: WorkingDays) { self.calendar = calendar }

    /// `audit.countersignature-overdue` with the days, or nothing.
    package func alarm(at now: Instant, in transaction: any ReadTransaction) throws(Refusal) -> Refusal? {
        guard let first = try CheckpointStore.checkpoint(number: 0, in: transaction) else { return nil }
        let days = calendar.missed(
            since: first.checkpoint.time, lastCountersigned: try CountersignatureStore.newest(in: transaction)?.time,
            now: now)
        guard let earliest = days.first else { return nil }
        return Refusal(
            AuditRefusal.countersignatureOverdue, detail: days.prefix(20).map(\.shown).joined(separator: " "),
            facts: ["count": String(days.count), "day": earliest.shown])
    }

    /// Whether the calendar knows this year's official arrangement.
    package func knowsTheYear(of now: Instant) -> Bool { calendar.isSettled(CalendarDay(of: now)) }
}
