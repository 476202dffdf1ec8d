import Foundation
import Groundwork
import Testing

@Suite struct InstantTests {
    @Test(arguments: [
        (Int64(0), "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (4_102_444_799_999, "2099-12-31T23:59:59.999Z"),
    ])
    func momentsAreWrittenAsRFC3339(milliseconds: Int64, expected: String) {
        #expect(Instant(milliseconds: milliseconds).rfc3339 == expected)
    }

    @Test func pagesShowShanghaiTime() {
        #expect(Instant(seconds: 1_794_000_000).shown == "2026-11-07 05:20:00")
    }

    @Test func thirtyThousandDaysAgreeWithFoundation() throws {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = try #require(TimeZone(identifier: "UTC"))
        for day in stride(from: Int64(-10_000), to: 40_000, by: 17) {
            let instant = Instant(seconds: day * 86_400 + 3_661)
            let parts = calendar.dateComponents([.year, .month, .day, .hour, .minute, .second], from: instant.date)
            let utc = instant.utc
            #expect([utc.year, utc.month, utc.day] == [parts.year, parts.month, parts.day], "day \(day)")
            #expect(utc.secondsSince1970 == instant.seconds)
        }
    }

    @Test(arguments: [(2026, 2, 29), (2026, 13, 1), (2026, 0, 1), (2026, 4, 31)])
    func aDateThatDoesNotExistHasNoSeconds(year: Int, month: Int, day: Int) {
        let time = CivilTime(year: year, month: month, day: day, hour: 0, minute: 0, second: 0)
        #expect(time.secondsSince1970 == nil)
    }
}

@Suite struct RFC3339Tests {
    @Test(arguments: [
        ("2026-11-21T02:00:00Z", Int64(1_795_226_400_000)), ("2026-11-21T10:00:00+08:00", 1_795_226_400_000),
        ("2026-11-20T18:30:00.5-07:30", 1_795_226_400_500), ("1969-12-31T23:59:59.999Z", -1),
    ])
    func momentsAreRead(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text) == Instant(milliseconds: milliseconds))
    }

    @Test func whatIsWrittenIsReadAgain() {
        for milliseconds in stride(from: Int64(-5_000_000_000_000), to: 5_000_000_000_000, by: 777_777_777_777) {
            let instant = Instant(milliseconds: milliseconds)
            #expect(Instant(rfc3339: instant.rfc3339) == instant)
        }
    }

    @Test(arguments: [
        "", "2026-11-21", "2026-11-21T02:00:00", "2026-11-21 02:00:00Z", "2026-02-30T02:00:00Z", "2026-11-21T24:00:00Z",
        "2026-11-21T02:00:60Z", "2026-11-21T02:00:00.1234Z", "2026-11-21T02:00:00.Z", "2026-11-21T02:00:00+0800",
        "2026-11-21T02:00:00+24:00", "2026-11-21T02:00:00Zx", "+026-11-21T02:00:00Z", "２０２６-11-21T02:00:00Z",
    ])
    func otherTextIsNoMoment(text: String) { #expect(Instant(rfc3339: text) == nil) }

    /// The years that have four digits, in whatever zone they are written.
    @Test(arguments: [
        ("0000-01-01T00:00:00Z", Int64(-62_167_219_200_000)), ("0000-01-01T00:00:00-23:59", -62_167_132_860_000),
        ("9999-12-31T23:59:59.999Z", 253_402_300_799_999), ("9999-12-31T23:59:59+23:59", 253_402_214_459_000),
        ("0000-02-29T12:00:00Z", -62_162_078_400_000), ("2000-02-29T00:00:00Z", 951_782_400_000),
        // Midnight of one day is the afternoon of the one before; an unknown local offset (RFC 3339, 4.3) is UTC.
        ("2027-01-01T00:00:00+08:00", 1_798_732_800_000), ("2026-12-31T23:59:59-00:00", 1_798_761_599_000),
        ("2026-11-21T02:00:00+00:00", 1_795_226_400_000), ("2026-11-21T02:00:00.1Z", 1_795_226_400_100),
        ("2026-11-21T02:00:00.12Z", 1_795_226_400_120), ("2026-11-21T02:00:00.009Z", 1_795_226_400_009),
        ("1969-12-31T23:59:59.5-00:00", -500),
    ])
    func theEdgesAreRead(text: String, milliseconds: Int64) {
        #expect(Instant(rfc3339: text)?.milliseconds == milliseconds)
    }

    @Test(arguments: [
        // Out of the years, by the zone alone.
        "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "10000-01-01T00:00:00Z", "-001-01-01T00:00:00Z",
        // Leap seconds: true ones, one of another zone, and none.
        "2016-12-31T23:59:60Z", "2017-01-01T07:59:60+08:00", "2016-12-31T23:59:61Z",
        // Zones that are none, or not written as one.
        "2026-11-21T02:00:00+08:60", "2026-11-21T02:00:00-24:00", "2026-11-21T02:00:00+8:00", "2026-11-21T02:00:00+08",
        "2026-11-21T02:00:00z", "2026-11-21t02:00:00Z", "2026-11-21T02:00:00 +08:00", "2026-11-21T02:00:00Z+08:00",
        "2026-11-21T02:00:00\u{2212}08:00",
        // More digits than there are milliseconds are not cut off, for then two texts would be one moment.
        "2026-11-21T02:00:00.0000Z", "2026-11-21T02:00:00.\(String(repeating: "9", count: 4000))Z",
        "2026-11-21T02:00:00,5Z", "2026-11-21T02:00:00.-5Z", "2026-11-21T02:00:00.5", "2026-11-21T02:00.5Z",
        "1900-02-29T00:00:00Z", "2026-11-21T02:60:00Z", "2026-00-01T00:00:00Z", "2026-11-00T00:00:00Z",
        " 2026-11-21T02:00:00Z", "2026-11-21T02:00:00Z\n", "2026-11-21T02:00:00Z\0",
    ])
    func beyondTheEdgesIsNoMoment(text: String) { #expect(Instant(rfc3339: text) == nil) }

    @Test func whatIsCutOffAnywhereIsNoMoment() {
        let whole = "2026-11-21T10:00:00.123+08:00"
        #expect(Instant(rfc3339: whole)?.milliseconds == 1_795_226_400_123)
        for length in 0..<whole.count { #expect(Instant(rfc3339: whole.prefix(length)) == nil, "\(length)") }
    }

    @Test func everyZoneIsReadAsFoundationReadsIt() throws {
        let formatter = ISO8601DateFormatter()
        for (index, minutes) in stride(from: -23 * 60 - 59, through: 23 * 60 + 59, by: 7).enumerated() {
            let sign = minutes < 0 ? "-" : "+"
            let zone = "\(String(abs(minutes) / 60).leftPadded(to: 2)):\(String(abs(minutes) % 60).leftPadded(to: 2))"
            let year = String(1600 + index * 17 % 8000).leftPadded(to: 4)
            let text = "\(year)-03-01T00:30:15\(sign)\(zone)"
            let date = try #require(formatter.date(from: text), "\(text)")
            #expect(Instant(rfc3339: text) == Instant(date), "\(text)")
        }
    }
}
