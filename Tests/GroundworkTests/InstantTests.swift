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
