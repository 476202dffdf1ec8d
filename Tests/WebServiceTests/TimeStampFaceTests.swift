import Cryptography
import Foundation
import Testing
import WebService

/// RFC 3161 over HTTP, asked by openssl and curl.
@Suite(.timeLimit(.minutes(20))) struct TimeStampFaceTests {
    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func opensslAsksAndVerifies(family: AlgorithmFamily) async throws {
        try await WebHouse.serve(family) { house in
            try house.writeCertificates()
            try house.caller.write("a document", "document")
            for digest in ["sha256", "sha512"] {
                try await house.caller.run("openssl ts -query -data document -\(digest) -cert -out q.tsq")
                let answer = try await ask(house, house.caller.read("q.tsq"))
                try house.caller.write(answer.body, "r.tsr")
                let said = try await house.caller.run(
                    "openssl ts -verify -in r.tsr -queryfile q.tsq -CAfile chain.pem")
                #expect(said.contains("Verification: OK"), "\(said)")
                try house.caller.write("another document", "other")
                let other = try await house.caller.run(
                    "openssl ts -verify -in r.tsr -data other -CAfile chain.pem", expecting: 1)
                #expect(other.contains("message imprint mismatch"), "\(other)")
            }
        }
    }

    @Test func whatIsNotStampedIsRejectedInTheProtocolsWords() async throws {
        try await WebHouse.serve { house in
            try house.caller.write("a document", "document")
            let cases = [
                ("openssl ts -query -data document -sha1 -out q.tsq", "unrecognized or unsupported algorithm"),
                (
                    "openssl ts -query -data document -sha256 -tspolicy 1.2.3.4 -out q.tsq",
                    "the requested TSA policy is not supported"
                ),
            ]
            for (line, words) in cases {
                try await house.caller.run(line)
                try await expectRejected(house, house.caller.read("q.tsq"), words)
            }
            for bytes in [[], [0x30, 0x00], Array("hello".utf8)] as [[UInt8]] {
                try await expectRejected(house, bytes, "the data submitted has the wrong format")
            }
        }
    }

    private func ask(_ house: WebHouse, _ bytes: [UInt8]) async throws -> Caller.Answer {
        let answer = try await house.caller.post(
            bytes, as: "application/timestamp-query", to: house.base(.status) + "/tsa")
        #expect(answer.status == 200 && answer.header("content-type") == "application/timestamp-reply")
        #expect(answer.header("cache-control") == "no-store")
        return answer
    }

    private func expectRejected(_ house: WebHouse, _ bytes: [UInt8], _ words: String) async throws {
        try house.caller.write(try await ask(house, bytes).body, "r.tsr")
        let said = try await house.caller.run("openssl ts -reply -in r.tsr -text")
        #expect(said.contains("Rejected") && said.contains(words), "\(said)")
    }
}
