import Foundation
import Groundwork
import Installation
import KeyCustody
import Testing
import WebService

/// RFC 9110 and RFC 9112 on a socket, byte by byte.
@Suite(.timeLimit(.minutes(20))) struct ProtocolTests {
    @Test func whatTheProtocolForbidsIsRefusedAndTheConnectionClosed() async throws {
        try await WebHouse.serve { house in
            let port = house.port(.public)
            let chunked = "POST /api/v1/validity HTTP/1.1\r\nHost: a\r\nContent-Type: application/pkix-cert\r\n"
            let wrong: [(String, String)] = [
                ("no Host", "GET /healthz HTTP/1.1\r\n\r\n"),
                ("two Hosts", "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"),
                ("two Hosts in 1.0", "GET /healthz HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"),
                ("a Host with a path", "GET /healthz HTTP/1.1\r\nHost: a/b\r\n\r\n"),
                ("a Host with a user", "GET /healthz HTTP/1.1\r\nHost: u@b\r\n\r\n"),
                ("a Host with a blank", "GET /healthz HTTP/1.1\r\nHost: a b\r\n\r\n"),
                ("no protocol", "GET /healthz\r\n\r\n"),
                ("chunks in 1.0", "POST /healthz HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
                (
                    "two lengths",
                    "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"
                ),
                ("a length that is none", "POST /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"),
                (
                    "length and chunks",
                    chunked + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"
                ),
                ("a chunk that is none", chunked + "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n"),
                ("a blank before the colon", "GET /healthz HTTP/1.1\r\nHost : a\r\n\r\n"),
            ]
            for (name, text) in wrong {
                let exchange = try await house.caller.exchange(port, text)
                #expect(exchange.statuses == [400], "\(name): \(exchange.text)")
                #expect(exchange.isClosed && exchange.seconds < 5, "\(name): \(exchange.seconds)")
                #expect(exchange.text.lowercased().contains("connection: close"), "\(name)")
                #expect(exchange.text.contains("web-service.malformed-request"), "\(name): \(exchange.text)")
                #expect(exchange.text.lowercased().contains("x-content-type-options: nosniff"), "\(name)")
            }
        }
    }

    @Test func http10IsClosedAndHttp11Kept() async throws {
        try await WebHouse.serve { house in
            let port = house.port(.status)
            for text in [
                "GET /healthz HTTP/1.0\r\n\r\n", "GET /healthz HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost:\r\nConnection: close\r\n\r\n",
                "GET /healthz HTTP/1.1\r\nHost: [::1]:80\r\n\r\nGET http://a.example/healthz HTTP/1.1\r\n"
                    + "Host: a.example:80\r\nConnection: close\r\n\r\nGET /healthz HTTP/1.1\r\nHost: a\r\n\r\n",
            ] {
                let exchange = try await house.caller.exchange(port, text)
                #expect(Set(exchange.statuses) == [200], "\(exchange.text)")
                #expect(exchange.statuses.count == (text.contains("[::1]") ? 2 : 1))
                #expect(exchange.isClosed && exchange.seconds < 5, "\(text): \(exchange.seconds)")
            }
            let kept = try await house.caller.exchange(port, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n", seconds: 2)
            #expect(kept.statuses == [200] && !kept.isClosed)
        }
    }

    @Test func whoSendsTooMuchIsAnsweredAndNotReadForEver() async throws {
        try await WebHouse.serve { house in
            let head =
                "POST /ocsp/\(try house.issuing.generation) HTTP/1.1\r\nHost: a\r\n"
                + "Content-Type: application/ocsp-request\r\n"
            // Announced, and never sent: the answer comes at once, and the connection does not wait for the rest.
            let announced = try await house.caller.exchange(
                house.port(.status), head + "Content-Length: 1000000000\r\n\r\n", drips: 100)
            #expect(announced.statuses == [413] && announced.seconds < 10, "\(announced)")
            // Sent in full: curl sees the answer all the same.
            let answer = try await house.caller.post(
                [UInt8](repeating: 0x30, count: 700_000), as: "application/ocsp-request",
                to: house.base(.status) + "/ocsp/\(house.issuing.generation)")
            #expect(answer.status == 413 && answer.member("code") == "web-service.body-too-large")
            let waiting = try await house.caller.exchange(
                house.port(.status), head + "Expect: 100-continue\r\nConnection: close\r\nContent-Length: 3\r\n\r\nabc")
            #expect(waiting.statuses == [100, 200], "\(waiting.text)")
        }
    }

    @Test(arguments: ["TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "PROPFIND"])
    func methodsThatAPathDoesNotKnowAreNamedAgainst(_ method: String) async throws {
        try await WebHouse.serve { house in
            let answer = try await house.caller.fetch(house.base(.public) + "/openapi.json", "--request", method)
            #expect(answer.status == 405 && answer.header("allow") == "GET, HEAD", "\(answer.status)")
            #expect(answer.member("code") == "web-service.method-not-allowed")
            let post = try await house.caller.fetch(house.base(.status) + "/tsa", "--request", method)
            #expect(post.status == 405 && post.header("allow") == "POST")
            let missing = try await house.caller.fetch(house.base(.public) + "/nothing", "--request", method)
            #expect(missing.status == 404)
        }
    }

    @Test func aMethodThatNobodyKnowsIsNotImplemented() async throws {
        try await WebHouse.serve { house in
            let exchange = try await house.caller.exchange(
                house.port(.public), "BREW /openapi.json HTTP/1.1\r\nHost: a\r\n\r\n")
            #expect(exchange.statuses == [501] && exchange.text.contains("web-service.method-unknown"))
        }
    }
}
