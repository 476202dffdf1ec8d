import Ceremony
import CertificateRecords
import Foundation
import Groundwork
import Installation
import KeyCustody
import Synchronization
import Testing
import WebService

/// What everybody may read, and what every address answers.
@Suite(.timeLimit(.minutes(20))) struct PageTests {
    @Test func theFirstPageInBothLanguages() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.public)
            for (path, header, isEnglish) in [
                ("/", "X-None: 1", false), ("/", "Accept-Language: en", true), ("/?language=en", "X-None: 1", true),
                ("/?language=zh", "Accept-Language: en", false), ("/?language=%3Cscript%3E", "X-None: 1", false),
            ] {
                let page = try await house.caller.fetch(base + path, "--header", header)
                #expect(page.status == 200 && page.header("content-type") == "text/html; charset=utf-8")
                #expect(page.text.contains(#"<html lang="\#(isEnglish ? "en" : "zh-CN")">"#), "\(path) \(header)")
                #expect(page.text.contains(isEnglish ? "Issuing authorities" : "签发机构"))
                #expect(page.text.contains(isEnglish ? "virtual keys" : "虚拟介质"))
                #expect(page.header("vary") == "Accept-Language")
                // The way past the header is the first thing that the keyboard finds; a table says what it is of.
                let skip = try #require(page.text.range(of: ##"<a class="skip" href="#main">"##))
                #expect(!page.text[..<skip.lowerBound].contains("<a ") && page.text.contains(#"<main id="main">"#))
                #expect(page.text.count(of: "<table") == page.text.count(of: "<caption"))
                #expect(page.text.contains(isEnglish ? "<title>One-Key Pass" : "<title>法人一证通</title>"))
                // A name is text, whatever it says.
                #expect(!page.text.contains("<script"))
                #expect(
                    page.text.contains("&lt;script&gt;alert(&#39;") && page.text.contains("&amp; &quot;Söhne&quot;"))
                for issuer in house.authority.issuers.issuers {
                    #expect(page.text.contains("http://status.example/ca/\(issuer.generation).cer"))
                }
            }
        }
    }

    /// A ceremony adds a generation while the service answers.
    @Test func aNewGenerationShowsWithoutARestart() async throws {
        let files = try PolicyFiles.read(root: WebHouse.root.path)
        var texts = files.texts
        texts["CA/p256.yaml"]? += """
            successors:
              - authority:
                  generation: p256-entity-2
                  name: { country: CN, organization: 一证通评估认证机构, commonName: 一证通评估法人签发 p256 G2 }
                  validityDays: 5475
                  shards: 16
                services:
                  - role: ocspResponder
                    profile: ocsp-responder
                    name: { country: CN, organization: 一证通评估认证机构, commonName: 一证通评估 OCSP p256 G2-1 }

            """
        try await WebHouse.serve(policies: PolicyFiles(texts: texts)) { house in
            let page = house.base(.public) + "/?language=en"
            let line = "http://status.example/ca/p256-entity-2.cer"
            #expect(try await !house.caller.fetch(page).text.contains(line))
            let installation = CeremonyInstallation(
                database: house.database, audit: house.audit, keys: house.keys, surroundings: .real)
            try await installation.rollOver(to: "p256-entity-2")
            let after = try await house.caller.fetch(page).text
            #expect(after.contains(line) && after.contains("http://status.example/ca/p256-entity-1.cer"))
            let certificate = try await house.caller.fetch(house.base(.status) + "/ca/p256-entity-2.cer")
            #expect(certificate.status == 200)
        }
    }

    @Test func everyProblemIsExplained() async throws {
        try await WebHouse.serve { house in
            let base = house.base(.public)
            let all = try await house.caller.fetch(base + "/problems?language=en")
            #expect(all.status == 200)
            for entry in RefusalCatalogue.entries { #expect(all.text.contains("<code>\(entry.code)</code>")) }
            #expect(all.text.firstMatch(of: /\{[A-Za-z-]+\}/) == nil)
            let one = try await house.caller.fetch(base + "/problems/authentication.challenge-spent")
            #expect(one.text.contains("本次登录已经使用过") && !one.text.contains("authentication.other-session"))
            #expect(one.text.contains(#"href="/problems/authentication.challenge-spent?language=en""#))
            #expect(one.text.contains("<title>authentication.challenge-spent – 法人一证通</title>"))
            for path in ["/problems/no.such-code", "/problems/%3Cscript%3E", "/nothing"] {
                let answer = try await house.caller.fetch(base + path)
                #expect(answer.status == 404 && answer.isProblem && !answer.text.contains("script"))
            }
            let style = try await house.caller.fetch(base + "/style.css")
            #expect(style.status == 200 && style.header("content-type") == "text/css; charset=utf-8")
            #expect(!style.text.contains("url(") && !style.text.contains("@import"))
        }
    }

    @Test func everyAnswerOfEveryFaceHasTheStrictHeaders() async throws {
        try await WebHouse.serve { house in
            for serviceAddress in ServiceAddress.allCases {
                for path in ["/healthz", "/readyz", "/", "/nothing"] {
                    let answer = try await house.caller.fetch(house.base(serviceAddress) + path)
                    let policy = try #require(answer.header("content-security-policy"), "\(serviceAddress) \(path)")
                    #expect(policy.hasPrefix("default-src 'none'") && policy.contains("frame-ancestors 'none'"))
                    #expect(!policy.contains("unsafe"))
                    #expect(answer.header("x-content-type-options") == "nosniff")
                    #expect(answer.header("referrer-policy") == "no-referrer")
                    #expect(answer.header("set-cookie") == nil)
                }
            }
        }
    }

    @Test func healthAndReadinessAreDifferentQuestions() async throws {
        try await WebHouse.serve { house in
            for isBroken in [false, true] {
                house.isBroken.withLock { $0 = isBroken }
                for serviceAddress in ServiceAddress.allCases {
                    let health = try await house.caller.fetch(house.base(serviceAddress) + "/healthz")
                    #expect(health.status == 200 && health.text == "ok\n")
                    let readiness = try await house.caller.fetch(house.base(serviceAddress) + "/readyz")
                    #expect(readiness.status == (isBroken ? 503 : 200))
                    #expect(readiness.isProblem == isBroken)
                }
            }
        }
    }

    /// Staff see numbers; the other faces have no such page.
    @Test func metricsCountAnswersByFaceAndClass() async throws {
        try await WebHouse.serve { house in
            for _ in 0..<3 { _ = try await house.caller.fetch(house.base(.public) + "/style.css") }
            for _ in 0..<2 { _ = try await house.caller.fetch(house.base(.status) + "/nothing") }
            for serviceAddress in ServiceAddress.allCases where serviceAddress != .staff {
                #expect(try await house.caller.fetch(house.base(serviceAddress) + "/metrics").status == 404)
            }
            let metrics = try await house.caller.fetch(house.base(.staff) + "/metrics")
            #expect(metrics.header("content-type") == "text/plain; version=0.0.4; charset=utf-8")
            #expect(metrics.text.contains("# TYPE yzt_http_requests_total counter\n"))
            #expect(metrics.text.contains("yzt_http_requests_total{face=\"public\",status=\"2xx\"} 3\n"))
            #expect(metrics.text.contains("yzt_http_requests_total{face=\"status\",status=\"4xx\"} 3\n"))
            #expect(metrics.text.contains("yzt_http_requests_total{face=\"login\",status=\"4xx\"} 1\n"))
            // Every room counts.
            let record = try await house.certificate()
            let question = try house.question(record.serialNumber)
            let issuer = try house.issuing.generation
            for _ in 0..<2 {
                _ = try await house.caller.post(
                    question, as: "application/ocsp-request", to: house.base(.status) + "/ocsp/\(issuer)")
            }
            let more = try await house.caller.fetch(house.base(.staff) + "/metrics").text
            #expect(more.contains("yzt_refusals_total{code=\"web-service.not-found\"} 5\n"))
            #expect(more.contains("yzt_ocsp_responses_total{source=\"signed\"} 1\n"))
            #expect(more.contains("yzt_ocsp_responses_total{source=\"memory\"} 1\n"))
            #expect(more.contains("yzt_signatures_total{what=\"ocsp-response\"} 1\n"))
        }
    }
}

extension String {
    fileprivate func count(of part: String) -> Int { components(separatedBy: part).count - 1 }
}
