import CreditCodes
import Cryptography
import Foundation
import Groundwork
import Installation
import Issuance
import Revocation
import Storage
import Testing

@testable import AuthorityFixtures
@testable import CertificateRecords
@testable import Reconciliation

@Suite struct ForecastTests {
    @Test func `Weeks are ISO 8601's, in Shanghai`() {
        func week(_ text: String) -> CalendarWeek {
            let parts = text.split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
            let time = CivilTime(
                year: parts[0], month: parts[1], day: parts[2], hour: parts[3], minute: parts[4], second: 0)
            return CalendarWeek(containing: Instant(seconds: (time.secondsSince1970 ?? 0) - 8 * 3600))
        }
        for (text, name, monday) in [
            ("2026-11-21T12:00", "2026-W47", "2026-11-16"), ("2026-11-22T23:59", "2026-W47", "2026-11-16"),
            ("2026-11-23T00:00", "2026-W48", "2026-11-23"), ("2027-01-01T00:00", "2026-W53", "2026-12-28"),
            ("2024-12-30T00:00", "2025-W01", "2024-12-30"), ("2021-01-03T10:00", "2020-W53", "2020-12-28"),
            ("1970-01-01T00:00", "1970-W01", "1969-12-29"),
        ] {
            #expect(week(text).name == name && week(text).monday == monday, "\(text)")
        }
        #expect(week("2026-12-28T00:00").adding(weeks: 1).name == "2027-W01")
        #expect(CalendarWeek(containing: Instant(milliseconds: -400_000_000)).monday == "1969-12-22")
    }

    @Test func `What ends is counted by week, district and service point, from the index alone`() async throws {
        let bench = try await Bench.create()
        func issue(_ profile: String, code: String, servicePoint: String?) async throws -> CertificateRecord {
            var request = try bench.request(profile)
            request.subject.entity = try UnifiedSocialCreditCode(trustingStored: code)
            request.location.servicePoint = servicePoint
            return try await bench.authority.issuance.issue(request.planned())
        }
        let pudong = "91310115MA1K30001T"
        for profile in ["entity-authentication", "entity-signature"] {
            _ = try await issue(profile, code: pudong, servicePoint: "SP-01")
            _ = try await issue(profile, code: Bench.code, servicePoint: nil)
        }
        let first = try await issue("entity-authentication", code: pudong, servicePoint: "SP-02")
        let revoked = try await issue("entity-authentication", code: pudong, servicePoint: "SP-02")
        try await bench.authority.revocation.revoke(
            revoked.serialNumber, reason: .superseded, on: Bench.automatic)
        let weeks = Int(first.notAfter.seconds(since: Bench.start) / 604_800) + 2
        let lines = try await bench.authority.expiryForecast(weeks: weeks).lines
        #expect(lines.map(\.district) == ["310000", "310115", "310115"])
        #expect(lines.map(\.servicePoint) == [nil, "SP-01", "SP-02"])
        #expect(lines.map(\.certificates) == [2, 2, 1] && lines.map(\.keys) == [1, 1, 1])
        #expect(Set(lines.map(\.week)) == [CalendarWeek(containing: first.notAfter)])
        #expect(try await bench.authority.expiryForecast(weeks: 1).lines.isEmpty)
        let plan = try await bench.database.read { transaction in
            try transaction.query(
                """
                EXPLAIN QUERY PLAN SELECT (not_after + 1) / 2 AS week, district, service_point, count(*),
                sum(purpose = 'x') FROM certificate WHERE not_after >= 1 AND not_after < 2 AND state <> 'revoked'
                GROUP BY week, district, service_point
                """
            ).map { try $0.text("detail") }
        }
        #expect(plan.contains { $0.contains("COVERING INDEX certificate_forecast") })
    }
}
