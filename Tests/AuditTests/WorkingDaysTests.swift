import Foundation
import Groundwork
import OtherPrograms
import Storage
import Testing

@testable import Audit

@Suite struct WorkingDaysTests {
    private static func shipped() throws -> WorkingDays {
        try WorkingDays(
            yaml: String(contentsOf: URL(filePath: OtherProgram.root + "/Policies/working-days.yaml"), encoding: .utf8))
    }

    private static func at(_ day: String, hour: Int = 12) throws -> Instant {
        let day = try #require(CalendarDay(day))
        return Instant(seconds: Int64(day.number) * 86_400 + Int64(hour - 8) * 3600)
    }

    @Test(arguments: [
        ("2026-11-20", true), ("2026-11-21", false), ("2026-11-22", false), ("2026-11-23", true),
        ("2026-10-01", false), ("2026-10-07", false), ("2026-10-08", true), ("2026-10-10", true),
        ("2026-02-14", true), ("2026-02-16", false), ("2026-02-23", false), ("2026-02-24", true),
        ("2027-01-01", false), ("2027-02-08", false), ("2031-10-01", true), ("2031-10-04", false),
    ])
    func theShippedCalendarKnows(day: String, isWorked: Bool) throws {
        #expect(try Self.shipped().isWorked(#require(CalendarDay(day))) == isWorked)
    }

    @Test func aDayIsShanghais() throws {
        #expect(CalendarDay(of: Instant(seconds: 0)).shown == "1970-01-01")
        #expect(CalendarDay(of: try Self.at("2026-11-20", hour: 0)).shown == "2026-11-20")
        #expect(CalendarDay(of: try Self.at("2026-11-20", hour: 23)).shown == "2026-11-20")
        #expect(CalendarDay(of: Instant(seconds: -8 * 3600 - 1)).shown == "1969-12-31")
        #expect(CalendarDay("2026-02-29") == nil && CalendarDay("2026-2-1") == nil && CalendarDay("x") == nil)
        let calendar = try Self.shipped()
        #expect(calendar.isSettled(try #require(CalendarDay("2026-05-01"))))
        #expect(!calendar.isSettled(try #require(CalendarDay("2027-05-01"))))
    }

    /// First checkpoint, last counter-signature, now, and the days that passed without one.
    @Test(
        arguments: [
            ("2026-11-18", nil, "2026-11-18", []),
            ("2026-11-18", nil, "2026-11-19", ["2026-11-18"]),
            ("2026-11-18", "2026-11-18", "2026-11-19", []),
            ("2026-11-18", "2026-11-18", "2026-11-20", ["2026-11-19"]),
            ("2026-11-18", "2026-11-20", "2026-11-23", []),
            ("2026-11-18", "2026-11-20", "2026-11-24", ["2026-11-23"]),
            ("2026-09-30", "2026-09-30", "2026-10-08", []),
            ("2026-09-30", "2026-09-30", "2026-10-11", ["2026-10-08", "2026-10-09", "2026-10-10"]),
            ("2026-11-20", "2026-11-25", "2026-11-24", []),
        ] as [(String, String?, String, [String])])
    func aWorkingDayWithoutIsMissed(first: String, last: String?, now: String, missed: [String]) throws {
        let days = try Self.shipped().missed(
            since: Self.at(first, hour: 0), lastCountersigned: last.map { try Self.at($0, hour: 23) },
            now: Self.at(now, hour: 9))
        #expect(days.map(\.shown) == missed)
    }

    @Test func theAlarmIsAboutTheLogAndItsCounterSignatures() async throws {
        let monday = try Self.at("2026-11-16")
        let house = try AuditHouse(
            surroundings: Surroundings(
                now: { monday }, monotonicNanoseconds: { 0 }, randomBytes: Surroundings.real.randomBytes))
        let duty = CountersigningDuty(calendar: try Self.shipped())
        func alarm(_ day: String) async throws -> Refusal? {
            let now = try Self.at(day)
            return try await house.database.read { try duty.alarm(at: now, in: $0) }
        }
        #expect(try await alarm("2026-11-20") == nil)
        try await house.record(1)
        try await house.checkpoint()
        #expect(try await alarm("2026-11-16") == nil)
        let overdue = try #require(try await alarm("2026-11-18"))
        #expect(overdue.isBecause(AuditRefusal.countersignatureOverdue))
        #expect(overdue.facts == ["count": "2", "day": "2026-11-16"])
        #expect(overdue.detail == "2026-11-16 2026-11-17")
    }

    /// The lunar festivals of every year in the file, by the calendar of the Foundation library: New Year's first three
    /// days, the Dragon Boat and the Mid-Autumn festival are days off, and so is the year's first day.
    @Test(arguments: [2026, 2027]) func festivalsAreDaysOff(year: Int) throws {
        let calendar = try Self.shipped()
        var chinese = Calendar(identifier: .chinese)
        chinese.timeZone = try #require(TimeZone(secondsFromGMT: 8 * 3600))
        let first = try #require(CalendarDay("\(year)-01-01"))
        #expect(!calendar.isWorked(first))
        var found = 0
        for number in first.number..<first.number + 365 {
            let date = Date(timeIntervalSince1970: Double(number) * 86_400)
            let day = chinese.dateComponents([.month, .day, .isLeapMonth], from: date)
            guard day.isLeapMonth != true, let month = day.month, let inMonth = day.day,
                [[1, 1], [1, 2], [1, 3], [5, 5], [8, 15]].contains([month, inMonth])
            else { continue }
            found += 1
            #expect(!calendar.isWorked(CalendarDay(number: number)), "\(CalendarDay(number: number).shown)")
        }
        #expect(found == 5)
    }

    @Test func aYearWithoutArrangementIsSaid() async throws {
        let duty = CountersigningDuty(calendar: try Self.shipped())
        #expect(try duty.unknownYears(at: Self.at("2026-11-30")).isEmpty)
        #expect(try duty.unknownYears(at: Self.at("2026-12-01")) == [2027])
        #expect(try duty.unknownYears(at: Self.at("2027-12-01")) == [2027, 2028])
        #expect(try duty.unknownYears(at: Self.at("2031-06-01")) == [2031])
        let day = try Self.at("2031-09-30")
        let house = try AuditHouse(
            surroundings: Surroundings(
                now: { day }, monotonicNanoseconds: { 0 }, randomBytes: Surroundings.real.randomBytes))
        try await house.record(1)
        try await house.checkpoint()
        let later = try Self.at("2031-10-04")
        let alarm = try await house.database.read { try duty.alarm(at: later, in: $0) }
        // A year that nobody entered has no holidays: the first days of October are asked for, and the alarm says why.
        #expect(
            alarm?.detail
                == "2031-09-30 2031-10-01 2031-10-02 2031-10-03 (no arrangement known for 2031)")
    }

    @Test(arguments: [
        ("version: 1", "version: 2"), ("2026-01-01..2026-01-03", "2026-01-03..2026-01-01"),
        ("2026-01-01..2026-01-03", "2025-12-31..2026-01-03"), ("2026-01-01..2026-01-03", "2026-01-32"),
        ("madeUp: [2026-01-04,", "madeUp: [2026-01-05,"), ("madeUp: [2026-01-04,", "madeUp: [2026-01-03,"),
    ])
    func aBadCalendarIsRefused(text: String, by: String) throws {
        let shipped = try String(
            contentsOf: URL(filePath: OtherProgram.root + "/Policies/working-days.yaml"), encoding: .utf8)
        let altered = shipped.replacing(text, with: by)
        try #require(altered != shipped)
        #expect(throws: Refusal(AuditRefusal.calendar)) { try WorkingDays(yaml: altered) }
    }
}
