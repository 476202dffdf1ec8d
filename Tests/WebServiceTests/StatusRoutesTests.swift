import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Revocation
import Testing
import WebService

/// OCSP, CRL and certificates as other people's programs see them.
@Suite(.timeLimit(.minutes(20))) struct StatusRoutesTests {
    static let ocspType = "application/ocsp-request"
    /// RFC 5019, 6.2.
    nonisolated(unsafe) private static let kept = /^max-age=(\d+), public, no-transform, must-revalidate$/

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func opensslAndGnutlsAskByPost(family: AlgorithmFamily) async throws {
        try await WebHouse.serve(family) { house in
            let (one, two) = (try await house.certificate(), try await house.certificate("entity-signature"))
            try await house.authority.revocation.revoke(
                two.serialNumber, reason: .keyCompromise, on: .system(reason: "test"))
            try house.writeCertificates(["one.pem": Certificate(der: one.der), "two.pem": Certificate(der: two.der)])
            let url = house.base(.status) + "/ocsp/" + (try house.issuing.generation)
            let ask = "openssl ocsp -url \(url) -issuer issuing.pem -CAfile chain.pem"
            for nonce in ["-nonce", "-no_nonce", "-no_nonce"] {
                let said = try await house.caller.run(
                    "\(ask) \(nonce) -cert one.pem -cert two.pem -serial 0x11223344556677889900aabbccddeeff")
                #expect(said.contains("Response verify OK"), "\(said)")
                #expect(said.contains("one.pem: good"), "\(said)")
                #expect(said.contains("two.pem: revoked") && said.contains("keyCompromise"), "\(said)")
                #expect(said.contains("0x11223344556677889900aabbccddeeff: unknown"), "\(said)")
                #expect(!said.contains("WARNING"), "\(said)")
            }
            for nonce in ["-nonce", "-no_nonce", "-no_nonce"] {
                let said = try await house.caller.run("\(ask) \(nonce) -cert one.pem")
                #expect(said.contains("Response verify OK") && said.contains("one.pem: good"), "\(said)")
            }
            let gnutls = try await house.caller.run(
                "ocsptool --ask=\(url) --load-cert=one.pem --load-issuer=issuing.pem --load-trust=chain.pem")
            #expect(gnutls.contains("Certificate Status: good") && gnutls.contains("Success"), "\(gnutls)")
        }
    }

    @Test func sm2IsAnsweredToo() async throws {
        try await WebHouse.serve(.sm2) { house in
            let record = try await house.certificate()
            let url = house.base(.status) + "/ocsp/" + (try house.issuing.generation)
            let answer = try await house.caller.post(
                house.question(record.serialNumber), as: Self.ocspType, to: url)
            let basic = try #require(try OCSPResponse(der: answer.body).basic)
            #expect(basic.responses.first?.status == .good)
            #expect(basic.certificates.first.map { basic.isSigned(by: $0.publicKey) } == true)
        }
    }

    /// RFC 6960, A.1: escaped as it asks, and as clients really write it.
    @Test func questionsInThePath() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            let url = house.base(.status) + "/ocsp/" + (try house.issuing.generation) + "/"
            let good = Base64.encode(try house.question(record.serialNumber))
            for text in [good, Self.escaped(good)] {
                let answer = try await house.caller.fetch(url + text)
                #expect(answer.status == 200 && answer.header("content-type") == "application/ocsp-response")
                #expect(try OCSPResponse(der: answer.body).basic?.responses.first?.status == .good)
            }
            // What lies between makes of them; each must be the same question.
            let signs = try #require(
                try (0..<20_000).lazy.map { _ in
                    Base64.encode(try house.question(SerialNumber.random(in: .real)))
                }.first { $0.contains("+") && $0.contains("/") && $0.hasSuffix("=") })
            for form in [
                Self.escaped(Self.escaped(signs)), signs.replacing("+", with: "%20"),
                signs.replacing("+", with: "-").replacing("/", with: "_"), signs.replacing("=", with: ""),
                Self.escaped(signs) + "%0A", Self.escaped(signs) + "/", "/" + Self.escaped(signs),
            ] {
                let answer = try await house.caller.fetch(url + form)
                #expect(try OCSPResponse(der: answer.body).basic?.responses.first?.status == .unknown, "\(form)")
            }
            // Base64 with each of its awkward signs, "//" among them.
            for sign in ["/", "+", "//", "="] {
                let text = try #require(
                    try (0..<20_000).lazy.map { _ in
                        Base64.encode(try house.question(SerialNumber.random(in: .real)))
                    }.first { $0.contains(sign) })
                for form in [text, Self.escaped(text)] {
                    let answer = try await house.caller.fetch(url + form)
                    #expect(
                        try OCSPResponse(der: answer.body).basic?.responses.first?.status == .unknown, "\(sign) \(form)"
                    )
                }
            }
        }
    }

    @Test func whatCannotBeReadIsMalformedInOCSPsOwnWords() async throws {
        try await WebHouse.serve { house in
            let url = house.base(.status) + "/ocsp/" + (try house.issuing.generation)
            let malformed = OCSPResponse.error(.malformedRequest)
            for bytes in [[], [0x30], Array("hello".utf8), [UInt8](repeating: 0x30, count: 5000)] as [[UInt8]] {
                let answer = try await house.caller.post(bytes, as: Self.ocspType, to: url)
                #expect(answer.status == 200 && answer.body == malformed)
                #expect(answer.header("cache-control") == "no-store")
            }
            for tail in ["MA==", "not%20base64", "%ff%fe", "a", "%"] {
                let answer = try await house.caller.fetch(url + "/" + tail)
                #expect(answer.status == 200 && answer.body == malformed, "\(tail)")
                #expect(answer.header("cache-control") == "no-store")
            }
        }
    }

    @Test func whatIsNotThereIsAProblem() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.status)
            let generation = try house.issuing.generation
            let question = try house.question(SerialNumber.random(in: .real))
            var answers = [try await house.caller.post(question, as: Self.ocspType, to: base + "/ocsp/p256-issuing-99")]
            for path in [
                "/ocsp/nobody/" + Self.escaped(Base64.encode(question)), "/crl/nobody/0.crl",
                "/crl/\(generation)/99999.crl", "/crl/\(generation)/00.crl", "/crl/\(generation)/-1.crl",
                "/crl/\(generation)/99999999999999999999999.crl", "/crl/\(generation)/0", "/ca/nobody.cer",
                "/ca/\(generation)", "/ca/..%2f..%2fetc%2fpasswd.cer", "/nothing", "/",
            ] { answers.append(try await house.caller.fetch(base + path)) }
            for answer in answers {
                #expect(answer.status == 404 && answer.isProblem, "\(answer.text)")
                #expect(answer.member("code") == "web-service.not-found")
            }
        }
    }

    @Test func anotherMethodIsToldWhichIsAnswered() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.status)
            let generation = try house.issuing.generation
            for (method, path, allowed) in [
                ("GET", "/tsa", "POST"), ("DELETE", "/ocsp/\(generation)", "POST"),
                ("POST", "/crl/\(generation)/0.crl", "GET, HEAD"), ("PUT", "/ca/\(generation).cer", "GET, HEAD"),
            ] {
                let answer = try await house.caller.fetch(base + path, "--request", method)
                #expect(answer.status == 405 && answer.header("allow") == allowed, "\(method) \(path): \(answer.text)")
                #expect(answer.member("code") == "web-service.method-not-allowed")
            }
        }
    }

    @Test func tooMuchOrOfAnotherTypeIsAProblem() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.status)
            let ocsp = base + "/ocsp/" + (try house.issuing.generation)
            let much = [UInt8](repeating: 0x41, count: 16 * 1024 + 1)
            for answer in [
                try await house.caller.post(much, as: Self.ocspType, to: ocsp),
                try await house.caller.post(
                    much, as: Self.ocspType, to: ocsp, "--header", "Transfer-Encoding: chunked"),
                try await house.caller.post(much, as: "application/timestamp-query", to: base + "/tsa"),
                try await house.caller.fetch(ocsp + "/" + String(decoding: much, as: UTF8.self)),
                try await house.caller.post(
                    much + much + much, as: "application/json",
                    to: house.base(.login) + "/api/v1/auth/challenges"),
            ] {
                #expect(answer.status == 413 && answer.member("code") == "web-service.body-too-large", "\(answer)")
                #expect(answer.isProblem)
            }
            for type in ["text/plain", "application/ocsp-response", ""] {
                for url in [ocsp, base + "/tsa"] {
                    let answer = try await house.caller.post([0x30, 0], as: type, to: url)
                    #expect(answer.status == 415 && answer.member("code") == "web-service.unsupported-media-type")
                }
            }
        }
    }

    @Test func listsAndCertificatesAreReadByOpenssl() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            try await house.authority.revocation.revoke(
                record.serialNumber, reason: .superseded, on: .system(reason: "test"))
            try house.writeCertificates()
            let base = house.base(.status)
            for issuer in house.authority.issuers.issuers {
                let answer = try await house.caller.fetch(base + "/ca/\(issuer.generation).cer")
                #expect(answer.header("content-type") == "application/pkix-cert")
                try house.caller.write(answer.body, "issuer.cer")
                let text = try await house.caller.run("openssl x509 -inform DER -in issuer.cer -noout -text")
                #expect(text.contains("CA:TRUE"), "\(text)")
                try await house.caller.run("openssl verify -CAfile chain.pem issuer.cer")
            }
            let url = "\(base)/crl/\(try house.issuing.generation)/\(record.shard).crl"
            let answer = try await house.caller.fetch(url)
            #expect(answer.header("content-type") == "application/pkix-crl")
            let age = try #require(answer.header("cache-control")?.firstMatch(of: Self.kept))
            #expect(try #require(Int(age.1)) <= 60)
            try house.caller.write(answer.body, "list.crl")
            let text = try await house.caller.run("openssl crl -inform DER -in list.crl -CAfile chain.pem -noout -text")
            #expect(text.contains("verify OK") && text.contains("Issuing Distribution Point: critical"), "\(text)")
            #expect(text.contains(record.serialNumber.hex.uppercased()) && text.contains("Superseded"), "\(text)")
            let head = try await house.caller.fetch(url, "--head")
            #expect(head.status == 200 && head.header("content-type") == "application/pkix-crl")
        }
    }

    @Test func fullListsAndDeltasHaveAddressesAndTags() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            try await house.authority.revocation.revoke(
                record.serialNumber, reason: .superseded, on: .system(reason: "test"))
            let base = house.base(.status) + "/crl/" + (try house.issuing.generation)
            for name in ["full", "full-delta", "\(record.shard)", "\(record.shard)-delta"] {
                let url = "\(base)/\(name).crl"
                let answer = try await house.caller.fetch(url)
                #expect(answer.status == 200 && answer.header("content-type") == "application/pkix-crl")
                let isDelta = name.hasSuffix("delta")
                let list = try CertificateList(der: answer.body, kind: isDelta ? .delta : .complete)
                #expect((list.entry(for: record.serialNumber) == nil) == isDelta)
                let tag = try #require(answer.header("etag"))
                #expect(answer.header("last-modified")?.hasSuffix(" GMT") == true)
                #expect(answer.header("expires")?.hasSuffix(" GMT") == true)
                let again = try await house.caller.fetch(url, "--header", "If-None-Match: \(tag)")
                #expect(again.status == 304 && again.body.isEmpty && again.header("etag") == tag)
            }
        }
    }

    @Test func cachesKeepAnswersShortlyAndNeverOnesMadeForSomebody() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            let url = house.base(.status) + "/ocsp/" + (try house.issuing.generation)
            let plain = try house.question(record.serialNumber)
            let withNonce = try house.question(record.serialNumber, nonce: [UInt8](repeating: 7, count: 16))
            _ = try await house.caller.fetch(url + "/" + Self.escaped(Base64.encode(plain)))
            let stored = try await house.caller.fetch(url + "/" + Self.escaped(Base64.encode(plain)))
            let age = try #require(stored.header("cache-control")?.firstMatch(of: Self.kept))
            #expect((1...60).contains(try #require(Int(age.1))))
            for answer in [
                try await house.caller.fetch(url + "/" + Self.escaped(Base64.encode(withNonce))),
                try await house.caller.post(withNonce, as: Self.ocspType, to: url),
                try await house.caller.post(plain, as: Self.ocspType, to: url),
            ] { #expect(answer.header("cache-control") == "no-store") }
            let nonce = try OCSPResponse(
                der: try await house.caller.post(withNonce, as: Self.ocspType, to: url).body
            ).basic?.nonce
            #expect(nonce == [UInt8](repeating: 7, count: 16))
        }
    }

    @Test func onceRevokedNeverGoodAgain() async throws {
        try await WebHouse.serve { house in
            let record = try await house.certificate()
            let url = house.base(.status) + "/ocsp/" + (try house.issuing.generation)
            let path = url + "/" + Self.escaped(Base64.encode(try house.question(record.serialNumber)))
            @Sendable func status() async throws -> OCSPStatus? {
                try OCSPResponse(der: try await house.caller.fetch(path).body).basic?.responses.first?.status
            }
            // Twice: signed, and as it was stored.
            for _ in 0..<2 { #expect(try await status() == .good) }
            try await house.authority.revocation.suspend(record.serialNumber, on: .system(reason: "lost"))
            for _ in 0..<2 { #expect(try await status()?.isGood == false) }
            try await house.authority.revocation.resume(record.serialNumber, on: .system(reason: "found"))
            for _ in 0..<2 { #expect(try await status() == .good) }
            try await house.authority.revocation.revoke(
                record.serialNumber, reason: .keyCompromise, on: .system(reason: "stolen"))
            let statuses = try await withThrowingTaskGroup(of: OCSPStatus?.self) { group in
                for _ in 0..<8 { group.addTask { try await status() } }
                return try await group.reduce(into: [OCSPStatus?]()) { $0.append($1) }
            }
            #expect(statuses.allSatisfy { if case .revoked = $0 { true } else { false } })
        }
    }

    /// Fifty at a time, about the same and about other certificates, with and without a nonce.
    @Test func fiftyAtOnceAreAllAnswered() async throws {
        try await WebHouse.serve { house in
            let records = [try await house.certificate(), try await house.certificate()]
            let url = house.base(.status) + "/ocsp/" + (try house.issuing.generation) + "/"
            var lines = "fail\nparallel\nparallel-immediate\nparallel-max = 50\n"
            for index in 0..<50 {
                let nonce = index % 5 == 0 ? Surroundings.real.randomBytes(16) : nil
                let question = try house.question(records[index % 2].serialNumber, nonce: nonce)
                lines += "url = \"\(url)\(Self.escaped(Base64.encode(question)))\"\noutput = \"answer-\(index)\"\n"
            }
            try house.caller.write(lines, "fifty")
            try await house.caller.run("curl --silent --show-error --config fifty")
            for index in 0..<50 {
                let single = try OCSPResponse(der: house.caller.read("answer-\(index)")).basic?.responses.first
                #expect(single?.status == .good)
                #expect(single?.certificate.serialNumber == records[index % 2].serialNumber)
            }
        }
    }

    static func escaped(_ base64: String) -> String {
        base64.replacing("+", with: "%2B").replacing("/", with: "%2F").replacing("=", with: "%3D")
    }
}

extension OCSPStatus {
    var isGood: Bool { self == .good }
}
