package import Foundation

/// A moment in time: whole milliseconds since 1970-01-01T00:00:00Z, as stored.
///
/// Order of acts is the audit's, never time's. X.509 and its relatives know seconds only: see ``truncatedToSecond``.
package struct Instant: Hashable, Comparable, Sendable, Codable {
    package var milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { self.milliseconds = seconds * 1000 }
    package init(_ date: Date) { self.milliseconds = Int64((date.timeIntervalSince1970 * 1000).rounded(.down)) }

    package init(from decoder: any Decoder) throws {
        self.milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    package static func < (left: Instant, right: Instant) -> Bool { left.milliseconds < right.milliseconds }

    /// Whole seconds since 1970, rounded towards the past.
    package var seconds: Int64 { milliseconds >= 0 ? milliseconds / 1000 : (milliseconds - 999) / 1000 }
    /// The start of this second: what X.509, OCSP and RFC 3161 can say.
    package var truncatedToSecond: Instant { Instant(seconds: seconds) }
    package var date: Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }

    package func adding(seconds: Int64) -> Instant { Instant(milliseconds: milliseconds + seconds * 1000) }
    package func adding(milliseconds more: Int64) -> Instant { Instant(milliseconds: milliseconds + more) }
    package func adding(days: Int64) -> Instant { adding(seconds: days * 86_400) }

    /// Seconds from `earlier` to this moment, negative if it lies before.
    package func seconds(since earlier: Instant) -> Double { Double(milliseconds - earlier.milliseconds) / 1000 }

    /// Year, month, day, hour, minute and second in UTC (proleptic Gregorian).
    package var utc: CivilTime { CivilTime(secondsSince1970: seconds) }
    /// The same in the time that pages show: Asia/Shanghai, UTC+8 without daylight saving.
    package var shanghai: CivilTime { CivilTime(secondsSince1970: seconds + 8 * 3600) }

    /// RFC 3339 in UTC with milliseconds, such as `2026-11-21T04:00:53.120Z`: the form of logs and exports.
    package var rfc3339: String {
        let rest = milliseconds - seconds * 1000
        return "\(utc.dashedDate)T\(utc.colonTime).\(String(rest).leftPadded(to: 3))Z"
    }

    /// `2026-11-21 12:00:53`, Asia/Shanghai: the form of pages.
    package var shown: String { "\(shanghai.dashedDate) \(shanghai.colonTime)" }
}

/// A date and time of day in the Gregorian calendar, without a zone.
package struct CivilTime: Hashable, Sendable {
    package var year: Int
    package var month: Int
    package var day: Int
    package var hour: Int
    package var minute: Int
    package var second: Int

    package init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
        self.year = year
        self.month = month
        self.day = day
        self.hour = hour
        self.minute = minute
        self.second = second
    }

    /// Days-to-civil by the era method: exact for every year that fits.
    package init(secondsSince1970: Int64) {
        var days = secondsSince1970 / 86_400
        var rest = secondsSince1970 % 86_400
        if rest < 0 {
            rest += 86_400
            days -= 1
        }
        let z = days + 719_468
        let era = (z >= 0 ? z : z - 146_096) / 146_097
        let dayOfEra = z - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        self.day = Int(dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
        self.month = Int(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9)
        self.year = Int(yearOfEra + era * 400 + (self.month <= 2 ? 1 : 0))
        self.hour = Int(rest / 3600)
        self.minute = Int(rest % 3600 / 60)
        self.second = Int(rest % 60)
    }

    /// Seconds since 1970 if read as UTC; `nil` if this is no date (month 13, 30 February, hour 24, second 60).
    package var secondsSince1970: Int64? {
        guard (1...12).contains(month), (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
            (0...59).contains(second), (0...9999).contains(year)
        else { return nil }
        let y = Int64(month <= 2 ? year - 1 : year)
        let era = (y >= 0 ? y : y - 399) / 400
        let yearOfEra = y - era * 400
        let shiftedMonth = Int64(month > 2 ? month - 3 : month + 9)
        let dayOfYear = (153 * shiftedMonth + 2) / 5 + Int64(day) - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        let days = era * 146_097 + dayOfEra - 719_468
        let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second)
        return CivilTime(secondsSince1970: seconds) == self ? seconds : nil
    }

    /// `2026-11-21`
    package var dashedDate: String {
        "\(String(year).leftPadded(to: 4))-\(String(month).leftPadded(to: 2))-\(String(day).leftPadded(to: 2))"
    }
    /// `04:00:53`
    package var colonTime: String {
        "\(String(hour).leftPadded(to: 2)):\(String(minute).leftPadded(to: 2)):\(String(second).leftPadded(to: 2))"
    }
    /// `20261121040053`: the digits that GeneralizedTime (and, without the first two, UTCTime) are made of.
    package var digits: String { (dashedDate + colonTime).filter(\.isNumber) }
}

extension String {
    /// The text with zeros before it until it has `width` characters.
    package func leftPadded(to width: Int) -> String {
        String(repeating: "0", count: max(0, width - count)) + self
    }
}
