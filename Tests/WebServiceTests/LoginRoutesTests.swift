import AgentProtocol
import Authentication
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Revocation
import Synchronization
import Testing
import WebService

/// The login interface as an application's page uses it, with keys in software.
@Suite(.timeLimit(.minutes(20))) struct LoginRoutesTests {
    struct Challenge {
        var answer: ChallengeAnswer
        var cookie: String
        var attributes: [String]
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func aLogin(family: AlgorithmFamily) async throws {
        try await WebHouse.serve(family) { house in
            let key = try PrivateKey.generate(family)
            let record = try await house.certificate(key: key)
            let challenge = try await begin(house)
            #expect(challenge.attributes.contains("HttpOnly") && challenge.attributes.contains("SameSite=Strict"))
            #expect(challenge.attributes.contains("Path=/") && !challenge.attributes.contains("Secure"))
            #expect(!challenge.attributes.contains { $0.hasPrefix("Domain") })
            let answer = try await finish(house, challenge, key, record)
            #expect(answer.status == 200 && answer.header("cache-control") == "no-store", "\(answer.text)")
            #expect(answer.member("uscc") == WebHouse.uscc && answer.member("name") == "上海示例科技有限公司")
            #expect(answer.member("certificate_serial") == record.serialNumber.hex)
            // The description names what is answered, no more and no less.
            let description = try await house.caller.fetch(house.base(.login) + "/openapi.json").json
            let schemas = (description?["components"] as? [String: Any])?["schemas"] as? [String: [String: Any]]
            let members = schemas?["VerificationAnswer"]?["properties"] as? [String: Any]
            #expect(try #require(members).keys.sorted() == answer.json?.keys.sorted())
            // A replay.
            let again = try await finish(house, challenge, key, record)
            #expect(again.status == 409 && again.member("code") == "authentication.challenge-spent")
            try await house.authority.revocation.suspend(record.serialNumber, on: .system(reason: "lost"))
            let suspended = try await finish(house, try await begin(house), key, record)
            #expect(suspended.status == 422)
            #expect(suspended.member("code") == "authentication.certificate-suspended")
        }
    }

    @Test func aChallengeIsAnsweredOnlyInItsSession() async throws {
        try await WebHouse.serve { house in
            let key = try PrivateKey.generate(.p256)
            let record = try await house.certificate(key: key)
            let (mine, other) = (try await begin(house), try await begin(house))
            for cookie in [
                nil, other.cookie, "yzt-session=", "yzt-session=AAAA", mine.cookie + "; " + other.cookie,
                mine.cookie.replacing("yzt-session", with: "session"),
            ] {
                let answer = try await finish(house, mine, key, record, cookie: .some(cookie))
                #expect(
                    answer.status == 422 && answer.member("code") == "authentication.other-session", "\(cookie ?? "")")
            }
            // Nothing of that spent it, and cookies of others beside it do no harm.
            let answer = try await finish(house, mine, key, record, cookie: "theme=dark; \(mine.cookie);lang=zh")
            #expect(answer.status == 200, "\(answer.text)")
            // A browser that has a session keeps it.
            let next = try await begin(house, cookie: mine.cookie)
            #expect(next.cookie == mine.cookie)
        }
    }

    @Test func overTLSTheCookieBelongsToTheHostAlone() async throws {
        try await WebHouse.serve(isSecure: true) { house in
            let challenge = try await begin(house)
            #expect(challenge.cookie.hasPrefix("__Host-yzt-session="))
            #expect(challenge.attributes.contains("Secure"))
            let key = try PrivateKey.generate(.p256)
            let record = try await house.certificate(key: key)
            #expect(try await finish(house, challenge, key, record).status == 200)
        }
    }

    @Test func aProblemSpeaksTheCallersLanguageAndKeepsTheOperatorsToItself() async throws {
        try await WebHouse.serve { house in
            let url = house.base(.login) + "/api/v1/auth/challenges"
            let body = Array(#"{"client":"unknown-portal","origin":"\#(WebHouse.page)"}"#.utf8)
            for (header, isEnglish) in [
                ("Accept-Language: en-GB,en;q=0.9,zh;q=0.1", true), ("Accept-Language: zh-CN,zh;q=0.9,en;q=0.8", false),
                ("Accept-Language: fr", false), ("X-None: 1", false),
            ] {
                let answer = try await house.caller.post(body, as: "application/json", to: url, "--header", header)
                #expect(answer.status == 422 && answer.isProblem)
                #expect(answer.member("code") == "authentication.unknown-client")
                #expect(answer.member("type") == "/problems/authentication.unknown-client")
                #expect(answer.member("title")?.contains(isEnglish ? "is registered" : "没有登记") == true)
                #expect(answer.member("detail")?.contains(isEnglish ? "administrator" : "管理员") == true)
                #expect(answer.header("content-language") == (isEnglish ? "en" : "zh-CN"))
                #expect(answer.header("vary") == "Accept-Language" && answer.header("cache-control") == "no-store")
                let both = answer.json?["nextStep"] as? [String: String]
                #expect(both?["zh"]?.isEmpty == false && both?["en"]?.isEmpty == false)
            }
            // What a reader of logs needs is not for the caller.
            house.isBroken.withLock { $0 = true }
            let broken = try await house.caller.fetch(house.base(.login) + "/readyz")
            #expect(broken.status == 503 && broken.header("retry-after") == "1")
            #expect(!broken.text.contains("somewhere"))
        }
    }

    @Test func bodiesThatAreNotTheInterfacesAreRefused() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.login) + "/api/v1/auth/"
            let deep = String(repeating: "[", count: 30_000)
            let bodies = [
                "", "{", "[]", "null", #"{"client":1,"origin":2}"#, #"{"client":"tax-portal"}"#, deep, "\u{0}",
                #"{"client":"tax-portal","origin":7,"statement":"c2lnbg=="}"#,
                #"{"challenge":"c","client":"tax-portal","origin":3,"statement":"***","signature":"","certificate":""}"#,
            ]
            for path in ["challenges", "verifications"] {
                for body in bodies {
                    let answer = try await house.caller.post(
                        Array(body.utf8), as: "application/json", to: base + path)
                    #expect(answer.status == 400, "\(path) \(body.prefix(60)) \(answer.text)")
                    #expect(answer.member("code") == "web-service.malformed-body")
                }
                let notUTF8 = try await house.caller.post([0xFF, 0xFE, 0x7B], as: "application/json", to: base + path)
                #expect(notUTF8.status == 400)
                let form = try await house.caller.post(
                    Array("client=tax-portal".utf8), as: "application/x-www-form-urlencoded", to: base + path)
                #expect(form.status == 415)
                #expect(try await house.caller.fetch(base + path).status == 405)
            }
            for (body, code) in [
                (#"{"client":"Tax Portal!","origin":"https://a.example"}"#, "authentication.malformed-client"),
                (#"{"client":"tax-portal","origin":"https://a.example/path"}"#, "authentication.malformed-origin"),
                (
                    #"{"client":"tax-portal","origin":"\#(WebHouse.page)","purpose":"pay"}"#,
                    "authentication.malformed-request"
                ),
            ] {
                let answer = try await house.caller.post(
                    Array(body.utf8), as: "application/json; charset=utf-8", to: base + "challenges")
                #expect(answer.status == 400 && answer.member("code") == code, "\(answer.text)")
            }
        }
    }

    private func begin(_ house: WebHouse, cookie: String? = nil) async throws -> Challenge {
        let body = try JSONEncoder().encode(ChallengeRequest(client: "tax-portal", origin: WebHouse.page))
        let answer = try await house.caller.post(
            Array(body), as: "application/json", to: house.base(.login) + "/api/v1/auth/challenges", "--header",
            "Cookie: \(cookie ?? "none=1")")
        try #require(answer.status == 201, "\(answer.text)")
        let parts = try #require(answer.header("set-cookie")).split(separator: "; ").map(String.init)
        let challenge = try JSONDecoder().decode(ChallengeAnswer.self, from: Data(answer.body))
        let service = try house.authority.service(.statements).certificate.publicKey
        _ = try SignedStatement(
            bytes: challenge.statement.bytes, signature: challenge.serviceSignature.bytes
        ).verified(by: service, at: Surroundings.real.now())
        return Challenge(answer: challenge, cookie: parts[0], attributes: Array(parts.dropFirst()))
    }

    /// What an honest agent signs; `cookie` is the challenge's own unless another, or none, is given.
    private func finish(
        _ house: WebHouse, _ challenge: Challenge, _ key: PrivateKey, _ record: CertificateRecord,
        cookie: String?? = nil
    ) async throws -> Caller.Answer {
        let message = LoginStatement.signedBytes(
            origin: WebHouse.page, statementBytes: challenge.answer.statement.bytes, certificate: record.der,
            family: house.family)
        let body = try JSONEncoder().encode(
            VerificationRequest(
                challenge: challenge.answer.challenge, client: "tax-portal", origin: WebHouse.page,
                statement: challenge.answer.statement, signature: WireBytes(key.sign(message)),
                certificate: WireBytes(record.der)))
        let sent: String? = if let cookie { cookie } else { challenge.cookie }
        return try await house.caller.post(
            Array(body), as: "application/json", to: house.base(.login) + "/api/v1/auth/verifications", "--header",
            "Cookie: \(sent ?? "none=1")")
    }
}
