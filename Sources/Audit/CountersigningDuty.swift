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
        // Without the year's arrangement some of these may be holidays: that is said, not guessed.
        let unsettled = Set(days.filter { !calendar.isSettled($0) }.map(\.year)).sorted()
        let remark =
            unsettled.isEmpty ? "" : " (no arrangement known for \(unsettled.map(String.init).joined(separator: " ")))"
        return Refusal(
            AuditRefusal.countersignatureOverdue,
            detail: days.prefix(20).map(\.shown).joined(separator: " ") + remark,
            facts: ["count": String(days.count), "day": earliest.shown])
    }

    /// The years whose official arrangement the calendar lacks: this one, and from December on the next.
    package func unknownYears(at now: Instant) -> [Int] {
        let ahead = CalendarDay(number: CalendarDay(of: now).number + 31)
        return [CalendarDay(of: now), ahead].filter { !calendar.isSettled($0) }.map(\.year)
            .reduce(into: []) { if $0.last != $1 { $0.append($1) } }
    }
}
