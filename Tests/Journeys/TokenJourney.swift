import Foundation
import SoftTokens
import Testing

/// An authority whose keys are in a SoftHSM 2 token, by the shipped command.
@Suite struct TokenJourney {
    @Test func `Made in a token, looked at, cut off, back again`() throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-journey-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let pin = folder.appending(path: "pin").path
        _ = FileManager.default.createFile(
            atPath: pin, contents: Data(SoftToken.pinText.utf8), attributes: [.posixPermissions: 0o600])
        func yzt(_ words: [String]) throws -> Shell.Outcome {
            try Shell.run([Shell.programs + "/yzt"] + words, environment: ["SOFTHSM2_CONF": soft.configuration])
        }
        func make(_ name: String, _ family: String) throws -> Shell.Outcome {
            try yzt([
                "init", "--evaluation", "--configuration", folder.path + "/\(name)/configuration.yaml", "--algorithm",
                family, "--token", soft.label, "--module", soft.module, "--pin", pin, "--escrow-in-token",
            ])
        }
        let configuration = ["--configuration", folder.path + "/one/configuration.yaml"]

        let honest = try make("one", "sm2")
        #expect(honest.status == 1 && honest.output.contains("cryptography.token-unsupported"), "\(honest.output)")
        let made = try make("one", "p256")
        #expect(made.status == 0 && made.output.contains("keys: token authority"), "\(made.output)")
        let keys = try FileManager.default.contentsOfDirectory(atPath: folder.path + "/one/data/keys")
        #expect(keys.filter { $0.hasSuffix(".p8") } == [])
        // A second authority does not take over the first one's keys by their names, not even when asked again.
        for _ in 0..<2 {
            let second = try make("two", "p256")
            #expect(second.status == 1 && second.output.contains("command.token-not-empty"), "\(second.output)")
        }

        // Whether pcscd runs is doctor's business too, so its status says nothing here.
        #expect(try yzt(["doctor"] + configuration).output.contains("token authority, escrow in the token"))
        try soft.takeAway()
        #expect(try yzt(["doctor"] + configuration).output.contains("cryptography.token-missing"))
        try soft.putBack()
        #expect(try yzt(["doctor"] + configuration).output.contains("token authority, escrow in the token"))
    }

    /// The service comes up without its keys, tells what it knows, refuses what it cannot, and is whole again by
    /// itself.
    @Test func `It starts while the token is away, and goes on when that is back`() throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-away-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = { (name: String) in folder.appending(path: name).path }
        _ = FileManager.default.createFile(
            atPath: file("pin"), contents: Data(SoftToken.pinText.utf8), attributes: [.posixPermissions: 0o600])
        let environment = ["SOFTHSM2_CONF": soft.configuration]
        let made = try Shell.run(
            [
                Shell.programs + "/yzt", "init", "--evaluation", "--configuration", file("a/configuration.yaml"),
                "--algorithm", "p256", "--token", soft.label, "--module", soft.module, "--pin", file("pin"),
                "--escrow-in-token",
            ], environment: environment)
        try #require(made.succeeded, "\(made.output)")
        let held = try HeldPorts(configuration: file("a/configuration.yaml"))
        defer { withExtendedLifetime(held) {} }

        func stranger(_ line: String) throws -> Shell.Outcome {
            try Shell.run(["sh", "-c", "cd \(folder.path) && " + line])
        }
        func done(_ line: String) throws -> String {
            let outcome = try stranger(line)
            #expect(outcome.succeeded, "\(line)\n\(outcome.output)")
            return outcome.output
        }
        let question = "openssl ts -query -data pin -sha256 -cert -out q.tsq"
        func stamp(_ status: String) -> String {
            "curl -s -o a.tsr -w '%{http_code}' -H 'Content-Type: application/timestamp-query' "
                + "--data-binary @q.tsq \(status)/tsa && openssl ts -reply -in a.tsr -text 2>&1"
        }

        let whole = try ServedAuthority(configuration: file("a/configuration.yaml"), environment: environment)
        let status = try #require(whole.address["status"])
        _ = try done("\(question) && curl -sf -o root.cer \(status)/ca/p256-root-1.cer")
        _ = try done("curl -sf -o entity.cer \(status)/ca/p256-entity-1.cer")
        _ = try done(
            "openssl x509 -inform DER -in root.cer -out root.pem && openssl x509 -inform DER -in entity.cer -out entity.pem"
        )
        #expect(try done(stamp(status)).contains("Status: Granted"))
        _ = try done(
            "openssl ts -reply -in a.tsr -token_out -out t.p7 && openssl pkcs7 -inform DER -in t.p7 -print_certs -out all.pem"
        )
        // The stamp's own certificate is the one that may stamp time.
        _ = try done(
            "csplit -s -z all.pem '/^subject/' '{*}' && for f in xx*; do openssl x509 -in $f -noout -ext extendedKeyUsage "
                + "2>/dev/null | grep -q 'Time Stamping' && openssl x509 -in $f -out tsa.pem; done; test -s tsa.pem")
        let ask =
            "openssl ocsp -issuer entity.pem -cert tsa.pem -no_nonce -CAfile root.pem -verify_other entity.pem -url "
        #expect(try done("\(ask) \(status)/ocsp/p256-entity-1").contains("tsa.pem: good"))
        _ = try done("curl -sf -o before.crl \(status)/crl/p256-entity-1/full.crl")
        whole.stop()

        try soft.takeAway()
        let served = try ServedAuthority(configuration: file("a/configuration.yaml"), environment: environment)
        let (public_, staff) = (try #require(served.address["status"]), try #require(served.address["staff"]))
        let login = try #require(served.address["login"])
        // What it knows it tells.
        #expect(try done("\(ask) \(public_)/ocsp/p256-entity-1").contains("tsa.pem: good"))
        _ = try done("curl -sf -o after.crl \(public_)/crl/p256-entity-1/full.crl && cmp before.crl after.crl")
        // What needs a key is refused, and where an operator looks it is said.
        let refused = try stranger(stamp(public_)).output
        #expect(
            !refused.contains("Status: Granted") && (refused.hasPrefix("503") || refused.contains("Rejected")),
            "\(refused)")
        #expect(try done("curl -sf \(staff)/readyz").contains("keys: cryptography.token-missing"))
        #expect(try done("curl -s -o problem -w '%{http_code}' \(login)/readyz") == "503")
        #expect(try done("cat problem").contains("cryptography.token-missing"))
        #expect(try done("curl -sf \(staff)/metrics").contains("yzt_keys_available 0"))
        // Other commands work beside it as far as they need no key.
        let forecast = try Shell.run(
            [Shell.programs + "/yzt", "forecast", "--configuration", file("a/configuration.yaml")],
            environment: environment)
        #expect(forecast.succeeded, "\(forecast.output)")

        try soft.putBack()
        // A bounded wait: the token is asked again a second after it failed.
        var answer = ""
        for _ in 0..<300 {
            answer = try stranger(stamp(public_)).output
            if answer.contains("Status: Granted") { break }
            poll(nil, 0, 100)
        }
        #expect(answer.contains("Status: Granted"), "\(answer)")
        #expect(try done("curl -sf \(staff)/readyz").contains("keys: ok"))
        #expect(try done("curl -sf \(login)/readyz").contains("ready"))
        served.stop()
        // Once each, however many asked.
        let log = served.log
        #expect(log.components(separatedBy: "the token failed").count == 2, "\(log)")
        #expect(log.components(separatedBy: "the token is back").count == 2, "\(log)")
    }
}
