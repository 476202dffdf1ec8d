import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import LongTermEvidence
import OtherPrograms
import Testing
import WebService

/// Long-term answers over HTTP, asked by curl.
@Suite(.timeLimit(.minutes(20))) struct ValidityRoutesTests {
    /// One question.
    private func ask(_ house: WebHouse, _ serial: String, _ at: String) async throws -> Caller.Answer {
        try await house.caller.fetch(house.base(.public) + "/api/v1/validity/\(serial)?at=\(at)")
    }

    @Test func anAnswerIsSignedAndProvedByTheRoot() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            let before = Instant(seconds: Surroundings.real.now().seconds - 3600)
            let answer = try await ask(house, record.serialNumber.hex, before.rfc3339)
            #expect(answer.status == 200 && answer.header("content-type") == "application/json")
            #expect(answer.header("cache-control") == "no-store")
            let witnessed = try TimeStampedStatement(bytes: answer.body)
            try witnessed.verify(
                TimeStampedStatement.Trust(
                    anchors: house.authority.issuers.anchors,
                    servicePolicy: OID(validating: "1.3.6.1.4.1.32473.1156.1.6")))
            let statement = try #require(ValidityStatement(body: witnessed.body))
            #expect(statement.finding.verdict == .notYetIssued && statement.at == before)

            // Exactly this certificate, at an offset's time.
            let posted = try await house.caller.post(
                record.der, as: "application/pkix-cert",
                to: house.base(.public) + "/api/v1/validity?at=2020-01-01T08:00:00%2B08:00")
            #expect(posted.status == 200)
            let second = try #require(ValidityStatement(body: TimeStampedStatement(bytes: posted.body).body))
            #expect(second.certificate == DigestAlgorithm.sha256.hash(record.der))
            #expect(second.at == Instant(rfc3339: "2020-01-01T00:00:00Z"))

            let unknown = try await ask(house, String(repeating: "1a", count: 16), "2020-01-01T00:00:00Z")
            let third = try #require(ValidityStatement(body: TimeStampedStatement(bytes: unknown.body).body))
            #expect(third.finding.verdict == .unknown)
        }
    }

    @Test func whatCannotBeAnsweredIsRefused() async throws {
        // An hour, for the machine may be slow between the question's making and its asking.
        let policies = try WebHouse.policies("settleSeconds: 10\n", "settleSeconds: 3600\n")
        try await WebHouse.serve(policies: policies) { house in
            let record = try await house.certificate()
            let serial = record.serialNumber.hex
            let cases = [
                (serial, "2120-01-01T00:00:00Z", 422, "certificate-authority.moment-to-come"),
                (serial, Surroundings.real.now().rfc3339, 503, "certificate-authority.moment-too-recent"),
                (serial, "yesterday", 400, "web-service.malformed-query"),
                (serial, "", 400, "web-service.malformed-query"),
                ("abc", "2020-01-01T00:00:00Z", 400, "web-service.malformed-query"),
            ]
            for (serial, at, status, code) in cases {
                let answer = try await ask(house, serial, at)
                #expect(answer.status == status && answer.member("code") == code, "\(at): \(answer.text)")
            }
            let other = try await house.caller.post(
                Array("hello".utf8), as: "application/pkix-cert",
                to: house.base(.public) + "/api/v1/validity?at=2020-01-01T00:00:00Z")
            #expect(other.status == 400)
        }
    }

    @Test func itIsDescribed() async throws {
        try await WebHouse.serve { house in
            let answer = try await house.caller.fetch(house.base(.public) + "/openapi.json")
            #expect(answer.status == 200 && answer.header("content-type") == "application/json")
            try house.caller.write(answer.body, "openapi.json")
            let outcome = try await house.caller.run([
                "python3", "-c",
                """
                import json
                from openapi_spec_validator import OpenAPIV31SpecValidator
                OpenAPIV31SpecValidator(json.load(open("openapi.json"))).validate()
                """,
            ])
            #expect(outcome.status == 0, "\(outcome.complaints)")
            #expect(answer.text.contains("/api/v1/validity/{serial}"))
        }
    }

    @Test func aClientIsLimitedByItsOwnAddressBehindTheProxy() async throws {
        // However slow the machine is, no more than the burst comes through.
        let policies = try WebHouse.policies("clientPerMinute: 60,", "clientPerMinute: 1,")
        try await WebHouse.serve(policies: policies) { house in
            let burst = try await house.authority.policies.current().certificates.validity.public.clientBurst
            let url = house.base(.public) + "/api/v1/validity/abc?at=2020-01-01T00:00:00Z"
            // One program for all, so that a slow machine asks as fast.
            let many = try await house.caller.run([
                "curl", "--silent", "--header", "X-Forwarded-For: 192.0.2.7", "--output", "/dev/null", "--write-out",
                "%{http_code}\\n", "\(url)&n=[1-\(burst + 30)]",
            ])
            let statuses = many.text.split(separator: "\n").compactMap { Int($0) }
            #expect(statuses.count == burst + 30)
            #expect(statuses.contains(429) && statuses.prefix(burst).allSatisfy { $0 == 400 })
            // Whoever forged the first address is not believed: the proxy's own word comes last.
            let other = try await house.caller.fetch(url, "--header", "X-Forwarded-For: 192.0.2.7, 192.0.2.8")
            #expect(other.status == 400)
        }
    }
}
