import Foundation
import Testing

/// A ceremony as its people type it: the root's machine, the service's machine, a running service, and a later
/// generation that comes into use without a restart.
@Suite(.serialized) final class CeremonyJourney {
    let desk: OperatorDesk
    let first = "739155", second = "284613", third = "531642", fourth = "864213"
    let custodians = ["zhang", "li", "wang", "zhao", "qian"]

    init() throws { desk = try OperatorDesk() }

    @Test func aCeremonyFromTheDryRunToALaterGeneration() throws {
        do { try ceremony() } catch {
            try? desk.close()
            throw error
        }
        try desk.close()
    }

    var folder: String { desk.folder + "/ceremony" }
    var script: String { desk.folder + "/script.yaml" }

    func passphrase(_ custodian: String) -> String { "the passphrase of \(custodian)" }

    func share(_ custodian: String) -> [String] { ["--share", "\(folder)/shares/\(custodian).share"] }

    /// A command on the root's machine.
    func root(
        _ arguments: [String], _ secrets: [String] = [], script: String? = nil
    ) throws -> Shell.Outcome {
        try Shell.run(
            [Shell.programs + "/yzt", "ceremony"] + arguments + [
                "--script", script ?? self.script, "--root", desk.definition, "--unattended", "--pin-entry", "fd:3",
            ], secrets: secrets)
    }

    private func ceremony() throws {
        try plan()
        try refuseBeforeMaking()
        try desk.done(
            "ceremony", "request", "--evaluation", "--root", desk.definition, "--generation", "p256-entity-1", "--out",
            desk.folder + "/1.p10")
        try desk.holdPorts()
        let base = try statusBase()
        try write(statusAddress: base)
        let dry = try root(["plan"])
        #expect(dry.succeeded && dry.output.contains("p256-entity-2: lint"), "\(dry.output)")
        #expect(!FileManager.default.fileExists(atPath: folder))
        try quickWays()
        try memory()
        try makeRoot()
        try firstGeneration()

        let service = try serve()
        defer {
            service.terminate()
            service.waitUntilExit()
        }
        try waits(for: base + "/ca/p256-entity-1.cer")
        #expect(try get(base + "/crl/p256-root-1/0.crl"))
        #expect(try !get(base + "/ca/p256-entity-2.cer"))
        try officers()
        try secondGeneration()
        #expect(service.isRunning)
        // The rate of look-ups for unknown generations is one a second.
        try waits(for: base + "/ca/p256-entity-2.cer")
        #expect(try get(base + "/ca/p256-entity-1.cer"))
        try nextRootList(base)
        try strangers(base)
        try everyKeyIsLost()
    }

    /// A slip in a request leaves no data, no secrets and no configuration.
    private func refuseBeforeMaking() throws {
        for (code, slip) in [
            ("certificate-authority.unknown-issuer", ["--generation", "nonsense"]),
            ("command.unwritable-file", ["--out", desk.folder + "/nowhere/1.p10"]),
            ("command.bad-argument", ["--status-address", "https://status.example.cn"]),
            ("command.no-definition", ["--root", desk.folder + "/cards"]),
        ] {
            let refused = try desk.yzt(
                [
                    "ceremony", "request", "--evaluation", "--root", desk.definition, "--generation", "p256-entity-1",
                    "--out", desk.folder + "/1.p10",
                ] + slip)
            #expect(refused.status == 1 && refused.output.contains("[\(code)]"), "\(refused.output)")
        }
        #expect(!FileManager.default.fileExists(atPath: desk.folder + "/state"))
        #expect(!FileManager.default.fileExists(atPath: desk.folder + "/1.p10"))
    }

    /// The repository's hierarchy with a successor planned.
    private func plan() throws {
        let path = desk.definition + "/CA/p256.yaml"
        let organization = "一证通评估认证机构"
        let text = try String(contentsOfFile: path, encoding: .utf8)
        try
            (text + """
                successors:
                  - authority:
                      generation: p256-entity-2
                      name: { country: CN, organization: \(organization), commonName: 一证通评估法人签发 P-256 G2 }
                      validityDays: 5475
                      shards: 16
                    services:
                      - role: ocspResponder
                        profile: ocsp-responder
                        name: { country: CN, organization: \(organization), commonName: 一证通评估 OCSP P-256 G2-1 }

                """).write(toFile: path, atomically: true, encoding: .utf8)
    }

    private func statusBase() throws -> String {
        let text = try String(contentsOfFile: desk.configuration, encoding: .utf8)
        return try #require(text.firstMatch(of: /status: (http:\/\/[0-9.:]+)/).map { String($0.1) }, "\(text)")
    }

    /// The sample script, in this journey's words.
    private func write(statusAddress: String) throws {
        let sample = try String(
            contentsOf: Shell.root.appending(path: "Documentation/ceremony-script.yaml"), encoding: .utf8)
        let text = sample.replacing("family: sm2", with: "family: p256").replacing(
            "evaluation: false", with: "evaluation: true"
        ).replacing("http://status.example.cn", with: statusAddress)
            .replacing(/\/media\/([a-z]+)\/sm2-root-1.share/) { "shares/\($0.1).share" }
        try text.write(toFile: script, atomically: true, encoding: .utf8)
    }

    /// In earnest: without the right to lock memory no key is made, in an evaluation the transcript says so.
    private func memory() throws {
        func plan(_ verb: String, _ script: String) throws -> Shell.Outcome {
            try Shell.run(
                // Who is not root has not that right, and may not give it up.
                (geteuid() == 0 ? ["setpriv", "--bounding-set=-ipc_lock", "--inh-caps=-ipc_lock"] : []) + [
                    "prlimit", "--memlock=65536:65536", Shell.programs + "/yzt", "ceremony", verb, "--root",
                    desk.definition, "--script", script,
                    "--pin-entry",
                    "terminal",
                ] + (verb == "root" ? ["--folder", folder] : []))
        }
        let earnest = desk.folder + "/earnest.yaml"
        try String(contentsOfFile: script, encoding: .utf8).replacing("evaluation: true", with: "evaluation: false")
            .write(toFile: earnest, atomically: true, encoding: .utf8)
        let refused = try plan("root", earnest)
        #expect(refused.output.contains("certificate-authority.ceremony-memory"), "\(refused.output)")
        #expect(!FileManager.default.fileExists(atPath: folder))
        let noted = try plan("plan", script)
        #expect(noted.output.contains("memory: not locked (RLIMIT_MEMLOCK is 65536 bytes)"), "\(noted.output)")
    }

    /// Without a ceremony there is no authority in earnest: the quick ways are for evaluations.
    private func quickWays() throws {
        let earnest = desk.folder + "/earnest/configuration.yaml"
        try FileManager.default.createDirectory(
            atPath: desk.folder + "/earnest", withIntermediateDirectories: true)
        try String(contentsOfFile: desk.configuration, encoding: .utf8)
            .replacing("evaluation: true", with: "evaluation: false")
            .write(toFile: earnest, atomically: true, encoding: .utf8)
        for verbs in [
            ["init", "--root", desk.definition], ["ceremony", "roll-over", "--generation", "p256-entity-2"],
        ] {
            let refused = try Shell.run([Shell.programs + "/yzt"] + verbs + ["--configuration", earnest])
            #expect(refused.status == 1 && refused.output.contains("command.ceremony-required"), "\(refused.output)")
        }
    }

    private func makeRoot() throws {
        // Killed when the second custodian's share is written: the others' passphrases never come.
        let process = Foundation.Process()
        process.arguments = [
            "sh", "-c", "exec \"$@\" 3<&0 </dev/null", "sh", Shell.programs + "/yzt", "ceremony", "root", "--script",
            script, "--root", desk.definition, "--folder", folder, "--unattended", "--pin-entry", "fd:3",
        ]
        process.executableURL = URL(filePath: "/usr/bin/env")
        let pipe = Pipe()
        process.standardInput = pipe
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        let some = custodians.prefix(2).flatMap { [passphrase($0), passphrase($0)] }
        try pipe.fileHandleForWriting.write(contentsOf: Data(some.map { $0 + "\n" }.joined().utf8))
        for _ in 0..<2400 where !FileManager.default.fileExists(atPath: "\(folder)/shares/li.share") {
            poll(nil, 0, 50)
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        #expect(FileManager.default.fileExists(atPath: "\(folder)/shares/li.share"))
        #expect(!FileManager.default.fileExists(atPath: "\(folder)/001-root"))

        let all = custodians.flatMap { [passphrase($0), passphrase($0)] }
        let made = try root(["root", "--folder", folder], all)
        try #require(made.succeeded, "\(made.output)")
        #expect(made.output.contains("resumed"), "\(made.output)")
        let again = try root(["root", "--folder", folder], all)
        #expect(again.succeeded && again.output.contains("is there already"), "\(again.output)")
    }

    private func certify(_ generation: String, _ request: String, _ bringing: [String]) throws -> Shell.Outcome {
        try root(
            ["issuing", "--folder", folder, "--generation", generation, "--request", request]
                + bringing.flatMap(share), bringing.map(passphrase))
    }

    private func firstGeneration() throws {
        let request = desk.folder + "/1.p10"
        let few = try certify("p256-entity-1", request, ["zhang", "qian"])
        #expect(few.status == 1 && few.output.contains("certificate-authority.too-few-shares"), "\(few.output)")
        let made = try certify("p256-entity-1", request, ["zhang", "wang", "qian"])
        try #require(made.succeeded, "\(made.output)")
        let stage = folder + "/002-issuing-p256-entity-1"
        try desk.refused("command.root-unconfirmed", "ceremony", "install", "--stage", stage)
        let sum = try Shell.run(["sha256sum", folder + "/001-root/p256-root-1.cer"]).output
        try desk.done("ceremony", "install", "--stage", stage, "--root-sha256", String(sum.prefix(64)))
        #expect(try desk.done("ceremony", "install", "--stage", stage).contains("is there already"))
    }

    private func officers() throws {
        try desk.insert("officer-1", into: .requester, "--serial", "101")
        try desk.insert("officer-2", into: .approver, "--serial", "102")
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        try desk.refused(
            "certificate-authority.other-first-officers", "officer", "enrol", "--key", one, "--name", "别人",
            "--second-key", two, "--second-name", "李秀英", secrets: [first, first, second, second])
        let said = try desk.done(
            "ceremony", "officers", "--key", one, "--second-key", two, secrets: [first, first, second, second])
        #expect(said.contains("王建国") && said.contains("李秀英"), "\(said)")
    }

    private func secondGeneration() throws {
        let request = desk.folder + "/2.p10"
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        let both = ["--officer", one, "--officer", two]
        try desk.refused(
            "command.too-few-officers", "ceremony", "request", "--generation", "p256-entity-2", "--out", request)
        let asked = try desk.yzt(
            ["ceremony", "request", "--generation", "p256-entity-2", "--out", request] + both,
            secrets: [first, second])
        try #require(asked.succeeded, "\(asked.output)")
        let made = try certify("p256-entity-2", request, ["li", "zhao", "wang"])
        try #require(made.succeeded, "\(made.output)")
        let installed = try desk.yzt(
            ["ceremony", "install", "--stage", folder + "/003-issuing-p256-entity-2"] + both, secrets: [first, second])
        try #require(installed.succeeded, "\(installed.output)")
    }

    /// The root is joined once more for its next list, which then is what everybody is given.
    private func nextRootList(_ base: String) throws {
        func served() throws -> String {
            try Shell.run([
                "sh", "-c", "curl -sf \"$1\" | openssl crl -inform DER -noout -crlnumber", "sh",
                base + "/crl/p256-root-1/0.crl",
            ]).output
        }
        let before = try served()
        let few = try root(["root-list", "--folder", folder] + share("zhang"), [passphrase("zhang")])
        #expect(few.status == 1 && few.output.contains("certificate-authority.too-few-shares"), "\(few.output)")
        let three = ["zhang", "wang", "zhao"]
        let made = try root(["root-list", "--folder", folder] + three.flatMap(share), three.map(passphrase))
        try #require(made.succeeded, "\(made.output)")
        let stage = try #require(made.output.split(separator: "\n").last.map(String.init))
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        let install = ["ceremony", "install", "--stage", stage]
        try desk.refused("command.too-few-officers", install + ["--officer", one])
        try desk.done(install + ["--officer", one, "--officer", two], secrets: [first, second])
        let after = try served()
        #expect(before.hasPrefix("crlNumber=") && after.hasPrefix("crlNumber=") && before != after, "\(before)\(after)")
    }

    private func serve() throws -> Foundation.Process {
        let process = Foundation.Process()
        process.executableURL = URL(filePath: Shell.programs + "/yzt")
        process.arguments = [
            "serve", "--configuration", desk.configuration, "--end-with-parent", "--parent", "\(getpid())",
        ]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private func get(_ address: String) throws -> Bool {
        try Shell.run(["curl", "-sf", "-o", "/dev/null", address]).succeeded
    }

    /// A bounded wait until the address answers.
    private func waits(for address: String) throws {
        for _ in 0..<300 {
            if try get(address) { return }
            poll(nil, 0, 100)
        }
        Issue.record("never answered: \(address)")
    }

    private func strangers(_ base: String) throws {
        let verified = try Shell.run([Shell.programs + "/yzt", "ceremony", "transcript", "verify", folder])
        #expect(verified.succeeded && verified.output.contains("003-issuing-p256-entity-2"), "\(verified.output)")
        let first = folder + "/001-root"
        for stage in ["001-root", "002-issuing-p256-entity-1", "003-issuing-p256-entity-2"] {
            let outcome = try Shell.run([
                "openssl", "dgst", "-sha256", "-verify", first + "/p256-root-1.pub.pem", "-signature",
                "\(folder)/\(stage)/transcript.sig", "\(folder)/\(stage)/transcript.txt",
            ])
            #expect(outcome.output.contains("Verified OK"), "\(outcome.output)")
        }
        // What the service gives out is what the root signed.
        let served = desk.folder + "/served.cer"
        #expect(try Shell.run(["curl", "-sf", "-o", served, base + "/ca/p256-entity-2.cer"]).succeeded)
        let same = try Shell.run(["cmp", served, folder + "/003-issuing-p256-entity-2/p256-entity-2.cer"])
        #expect(same.succeeded, "\(same.output)")
        let anchor = desk.folder + "/root.pem"
        let readable = try Shell.run([
            "openssl", "x509", "-inform", "DER", "-in", first + "/p256-root-1.cer", "-out", anchor,
        ])
        #expect(readable.succeeded, "\(readable.output)")
        let chain = try Shell.run(["openssl", "verify", "-x509_strict", "-CAfile", anchor, served])
        #expect(chain.succeeded, "\(chain.output)")
    }
}
