internal import CertificateRecords
package import Groundwork
package import Storage

/// How many certificates end in which week, in which division, and at which service point: what a service point must
/// be ready to renew. Read from one index; memory grows with weeks, divisions and service points alone.
package struct ExpiryForecast: Sendable, Hashable {
    package struct Line: Sendable, Hashable {
        package let week: CalendarWeek
        /// GB/T 2260, from the entity's code; `nil` for certificates that name no entity.
        package let district: String?
        package let servicePoint: String?
        package let certificates: Int
        /// Entities' keys among them: each has one authentication certificate.
        package let keys: Int
    }

    /// Of a time span, by week, division and service point.
    package let lines: [Line]

    /// What ends from the week of `start` on, for so many weeks. What is revoked already is left out.
    package init(from start: Instant, weeks: Int, in transaction: any ReadTransaction) throws(Refusal) {
        let first = CalendarWeek(containing: start)
        var lines: [Line] = []
        // Division and comparison of whole numbers: the same week as CalendarWeek's, computed where the rows are.
        for count in try CertificateStore.expiries(
            from: first.start, before: first.adding(weeks: weeks).start, length: CalendarWeek.length,
            shift: CalendarWeek.shift, in: transaction)
        {
            lines.append(
                Line(
                    week: CalendarWeek(number: count.period), district: count.district,
                    servicePoint: count.servicePoint, certificates: count.certificates, keys: count.authentication))
        }
        self.lines = lines
    }
}

/// A week from Monday to Sunday in Shanghai's time, named as ISO 8601 does.
package struct CalendarWeek: Sendable, Hashable, Comparable {
    /// Milliseconds.
    static let length: Int64 = 7 * 86_400_000
    /// From 1970-01-01T00:00Z back to the Monday before it, and forward to Shanghai's clock.
    static let shift: Int64 = 3 * 86_400_000 + 8 * 3_600_000

    /// Weeks since the one of 29 December 1969.
    let number: Int64

    init(number: Int64) { self.number = number }

    package init(containing instant: Instant) {
        let shifted = instant.milliseconds + Self.shift
        number = shifted >= 0 ? shifted / Self.length : (shifted - Self.length + 1) / Self.length
    }

    package var start: Instant { Instant(milliseconds: number * Self.length - Self.shift) }
    package func adding(weeks: Int) -> CalendarWeek { CalendarWeek(number: number + Int64(weeks)) }
    package static func < (left: CalendarWeek, right: CalendarWeek) -> Bool { left.number < right.number }

    /// Its Monday, `2026-11-16`.
    package var monday: String { start.shanghai.dashedDate }

    /// `2026-W47`: a week belongs to the year that its Thursday is in (ISO 8601).
    package var name: String {
        let thursday = start.adding(days: 3).shanghai
        let newYear = CivilTime(year: thursday.year, month: 1, day: 1, hour: 0, minute: 0, second: 0)
        let days = (thursday.secondsSince1970 ?? 0) / 86_400 - (newYear.secondsSince1970 ?? 0) / 86_400
        return "\(thursday.year)-W\(String(days / 7 + 1).leftPadded(to: 2))"
    }
}
