import Authentication
import Foundation
import Groundwork
import Installation
import Synchronization
import Testing
import WebService

/// Who asks for logins without end is told to wait, and nobody else is.
@Suite(.timeLimit(.minutes(20))) struct LoginRateTests {
    private func ask(
        _ house: WebHouse, _ client: String, _ path: String = "challenges", application: String = "tax-portal"
    ) async throws -> Caller.Answer {
        let body = #"{"client":"\#(application)","origin":"\#(WebHouse.page)"}"#
        return try await house.caller.post(
            Array(body.utf8), as: "application/json", to: house.base(.login) + "/api/v1/auth/" + path,
            "--header", "X-Forwarded-For: 203.0.113.66, \(client)")
    }

    @Test func oneClientHasItsRateForEverythingThatWrites() async throws {
        try await WebHouse.serve { house in
            house.rates.withLock {
                $0 = LoginPolicy.Rates(
                    clientPerMinute: 1, clientBurst: 3, applicationPerMinute: 6000, applicationBurst: 600,
                    allPerMinute: 6000, allBurst: 600)
            }
            var statuses: [Int] = []
            for client in ["198.51.100.7", "198.51.100.7:4711", "::ffff:198.51.100.7", "198.51.100.7"] {
                statuses.append(try await ask(house, client).status)
            }
            #expect(statuses == [201, 201, 201, 429])
            let answer = try await ask(house, "198.51.100.7", "verifications")
            #expect(answer.status == 429 && answer.member("code") == "web-service.too-many-requests")
            #expect((answer.header("retry-after").flatMap { Int($0) } ?? 0) > 1)
            // Another one, and another network of IPv6, but not another host of the same.
            #expect(try await ask(house, "198.51.100.8").status == 201)
            for (host, status) in [(1, 201), (2, 201), (3, 201), (4, 429)] {
                #expect(try await ask(house, "[2001:db8::\(host)]:80").status == status)
            }
            #expect(try await ask(house, "2001:db8:0:1::1").status == 201)
        }
    }

    @Test func oneApplicationHasItsRate() async throws {
        try await WebHouse.serve { house in
            house.rates.withLock {
                $0 = LoginPolicy.Rates(
                    clientPerMinute: 6000, clientBurst: 600, applicationPerMinute: 1, applicationBurst: 2,
                    allPerMinute: 6000, allBurst: 600)
            }
            // Nobody uses up an application's rate by an origin that is not its own.
            for _ in 0..<3 {
                let wrong = try await house.caller.post(
                    Array(#"{"client":"tax-portal","origin":"https://other.example"}"#.utf8), as: "application/json",
                    to: house.base(.login) + "/api/v1/auth/challenges")
                #expect(wrong.status == 422)
            }
            var statuses: [Int] = []
            for host in 1...3 { statuses.append(try await ask(house, "198.51.100.\(host)").status) }
            #expect(statuses == [201, 201, 429])
            #expect(try await ask(house, "198.51.100.9", application: "nobody").status == 422)
        }
    }
}
