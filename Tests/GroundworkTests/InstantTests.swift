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
}
