package import Groundwork

/// One day by the calendar of Asia/Shanghai.
package struct CalendarDay: Hashable, Comparable, Sendable {
    /// Days since 1970-01-01.
    package let number: Int

    package init(number: Int) { self.number = number }

    package init(of instant: Instant) {
        let seconds = instant.seconds + 8 * 3600
        number = Int((seconds - (seconds % 86_400 + 86_400) % 86_400) / 86_400)
    }

    /// `2026-11-21`; `nil` if this is no date.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]),
            let seconds = CivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
                .secondsSince1970
        else { return nil }
        number = Int(seconds / 86_400)
        guard shown == text else { return nil }
    }

    package var shown: String { civil.dashedDate }
    var year: Int { civil.year }
    private var civil: CivilTime { CivilTime(secondsSince1970: Int64(number) * 86_400) }
    /// Saturday or Sunday.
    var isWeekend: Bool { ((number % 7 + 7) % 7 + 4) % 7 % 6 == 0 }

    package static func < (left: CalendarDay, right: CalendarDay) -> Bool { left.number < right.number }
}

/// Which days are worked: `Policies/working-days.yaml`. A year that is not in it has weekdays and weekends alone, which
/// asks for a counter-signature on some holidays and never forgets one.
package struct WorkingDays: Sendable {
    private let holidays: Set<CalendarDay>
    private let madeUp: Set<CalendarDay>
    private let settled: Set<Int>

    /// - Throws: `audit.calendar`, and `StrictYAML`'s refusals.
    package init(yaml text: String, file: String = "Policies/working-days.yaml") throws(Refusal) {
        let read = try StrictYAML.decode(File.self, from: text, file: file)
        func refused(_ detail: String) -> Refusal {
            Refusal(AuditRefusal.calendar, detail: detail, facts: ["file": file])
        }
        guard read.version == 1, read.years.count <= 100 else { throw refused("version \(read.version) is not 1") }
        var (holidays, madeUp, settled): (Set<CalendarDay>, Set<CalendarDay>, Set<Int>) = ([], [], [])
        for year in read.years {
            for text in year.holidays {
                guard let days = Self.range(text, in: year.year) else { throw refused("\(text) in \(year.year)") }
                holidays.formUnion(days)
            }
            for text in year.madeUp {
                guard let days = Self.range(text, in: year.year), days.allSatisfy(\.isWeekend) else {
                    throw refused("\(text) is no weekend in \(year.year)")
                }
                madeUp.formUnion(days)
            }
            if !year.provisional { settled.insert(year.year) }
        }
        guard holidays.isDisjoint(with: madeUp) else { throw refused("a day is both holiday and made up") }
        self.holidays = holidays
        self.madeUp = madeUp
        self.settled = settled
    }

    package func isWorked(_ day: CalendarDay) -> Bool {
        madeUp.contains(day) || (!day.isWeekend && !holidays.contains(day))
    }

    /// Whether the calendar has the official arrangement of the day's year.
    package func isSettled(_ day: CalendarDay) -> Bool { settled.contains(day.year) }

    /// The working days, from `first` on, that ended before today without a counter-signature: those after the last
    /// one, or all where there is none. At most 400.
    package func missed(since first: Instant, lastCountersigned last: Instant?, now: Instant) -> [CalendarDay] {
        let today = CalendarDay(of: now).number
        let begin =
            last.map { max(CalendarDay(of: $0).number + 1, CalendarDay(of: first).number) }
            ?? CalendarDay(of: first).number
        guard begin < today else { return [] }
        return (max(begin, today - 400)..<today).map(CalendarDay.init(number:)).filter(isWorked)
    }

    /// `2026-10-01` or `2026-10-01..2026-10-07`, within the year.
    private static func range(_ text: String, in year: Int) -> [CalendarDay]? {
        let ends = text.split(separator: "..", omittingEmptySubsequences: false)
        guard let first = ends.first.flatMap({ CalendarDay($0) }), let last = ends.last.flatMap({ CalendarDay($0) }),
            ends.count <= 2, first <= last, first.year == year, last.year == year
        else { return nil }
        return (first.number...last.number).map(CalendarDay.init(number:))
    }

    private struct File: Codable {
        var version: Int
        var years: [Year]
    }

    private struct Year: Codable {
        var year: Int
        /// The notice that arranges it.
        var source: String
        /// Not arranged yet: statutory holidays alone.
        var provisional: Bool
        var holidays: [String]
        var madeUp: [String]
    }
}
