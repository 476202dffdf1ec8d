import CertificateProfiles
import CertificateRecords
import Cryptography
import Foundation
import Installation
import KeyCustody
import OtherPrograms
import Testing
import WebService

/// RFC 3161 over HTTP, asked by openssl and curl.
@Suite(.timeLimit(.minutes(20))) struct TimeStampRoutesTests {
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

    /// The Python client of sigstore's makers: chain, nonce, policy and message.
    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func rfc3161ClientAsksAndVerifies(family: AlgorithmFamily) async throws {
        try await WebHouse.serve(family) { house in
            let issuers = house.authority.issuers
            try house.caller.write(issuers.anchors.first?.pem ?? "", "root.pem")
            try house.caller.write(house.issuing.certificate.pem, "issuing.pem")
            try house.caller.write(Self.client, "client.py")
            let said = try await house.caller.run("python3 client.py \(house.base(.status))/tsa")
            #expect(said.contains("verified 1.3.6.1.4.1.32473.1156.2.1"), "\(said)")
        }
    }

    private static let client = """
        import sys, urllib.request
        from cryptography import x509
        from rfc3161_client import TimestampRequestBuilder, VerifierBuilder, decode_timestamp_response
        message = b"a document"
        request = TimestampRequestBuilder().data(message).nonce(nonce=True).cert_request(cert_request=True).build()
        call = urllib.request.Request(sys.argv[1], request.as_bytes(), {"Content-Type": "application/timestamp-query"})
        response = decode_timestamp_response(urllib.request.urlopen(call).read())
        read = lambda name: x509.load_pem_x509_certificate(open(name, "rb").read())
        policy = x509.ObjectIdentifier("1.3.6.1.4.1.32473.1156.2.1")
        verifier = (VerifierBuilder().policy_id(policy).nonce(request.nonce)
            .add_root_certificate(read("root.pem")).add_intermediate_certificate(read("issuing.pem")).build())
        assert verifier.verify_message(response, message)
        try:
            verifier.verify_message(response, b"another")
            sys.exit("another document is accepted")
        except Exception as error:
            print(error)
        print("verified", response.tst_info.policy.dotted_string)
        """

    /// The policy asked for is the one that openssl then insists on; and a nonce that is not the request's is found.
    @Test func opensslHoldsTheAnswerAgainstTheQuery() async throws {
        try await WebHouse.serve { house in
            try house.writeCertificates()
            try house.caller.write("a document", "document")
            for name in ["one", "two"] {
                try await house.caller.run(
                    "openssl ts -query -data document -sha256 -tspolicy 1.3.6.1.4.1.32473.1156.2.1 -cert -out \(name).tsq"
                )
                try house.caller.write(try await ask(house, house.caller.read("\(name).tsq")).body, "\(name).tsr")
                let said = try await house.caller.run(
                    "openssl ts -verify -in \(name).tsr -queryfile \(name).tsq -CAfile chain.pem")
                #expect(said.contains("Verification: OK"), "\(said)")
            }
            let said = try await house.caller.run(
                "openssl ts -verify -in one.tsr -queryfile two.tsq -CAfile chain.pem", expecting: 1)
            #expect(said.contains("nonce mismatch"), "\(said)")
        }
    }

    @Test func whoAsksTooOftenIsToldWhenToComeBack() async throws {
        // However slow the machine is, no more than the burst comes through.
        let policies = try WebHouse.policies("clientPerMinute: 120,", "clientPerMinute: 1,")
        try await WebHouse.serve(policies: policies) { house in
            let burst = try await house.authority.policies.current().certificates.timeStamps.public.clientBurst
            try house.caller.write([0x30, 0x00], "empty.tsq")
            // One program for all, so that a slow machine asks as fast.
            let outcome = try await house.caller.run([
                "curl", "--silent", "--include", "--header", "Content-Type: application/timestamp-query",
                "--data-binary", "@empty.tsq", "\(house.base(.status))/tsa?n=[1-\(burst + 60)]",
            ])
            #expect(outcome.status == 0)
            let refused = try #require(outcome.text.range(of: "HTTP/1.1 429")?.lowerBound)
            let answer = outcome.text[refused...].lowercased()
            #expect(answer.contains("content-type: application/problem+json"))
            #expect(answer.contains("web-service.too-many-requests"))
            #expect(answer.firstMatch(of: /retry-after: [1-9]/) != nil)
            // Status is no part of it.
            let list = try await house.caller.fetch(house.base(.status) + "/crl/p256-entity-1/0.crl")
            #expect(list.status == 200)
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
