import Foundation
import Testing

/// What an operator and a clerk do, command after command at real readers, and what they are refused.
@Suite(.serialized) final class OperatorJourney {
    let desk: OperatorDesk
    /// The PINs of the two officers and of the holder, before and after the unlock.
    let first = "739155", second = "28461379", holder = "531642", renewed = "864213"

    init() throws { desk = try OperatorDesk() }

    @Test func anOperatorsDayFromInitToAudit() throws {
        do { try day() } catch {
            try? desk.close()
            throw error
        }
        try desk.close()
    }

    private func day() throws {
        try foundAuthority()
        try enrolOfficers()
        let code = try importRegistry()
        try refuseStrangers(code)
        try enrol(code)
        let signature = try certificates(code)
        try seal(code, signature)
        try unlock(code)
        try rewrapEscrow()
        try renew(code)
        try status()
        try exchangeResponder(code)
        try changePolicies()
        try audit()
        try endings()
    }

    private var ordering: [String] { ["--officer", desk.reader(.requester)] }

    private func foundAuthority() throws {
        try desk.refused("command.not-initialised", "key", "status")
        #expect(try Shell.run([Shell.programs + "/yzt", "nonsense"]).status == 64)
        try desk.done("init", "--evaluation", "--algorithm", "p256", "--root", desk.definition)
        try desk.holdPorts()
        try desk.refused(
            "certificate-authority.already-initialised", "init", "--evaluation", "--algorithm", "p256", "--root",
            desk.definition)
        try desk.done("doctor")
        let path = desk.configuration
        let good = try String(contentsOfFile: path, encoding: .utf8)
        try (good + "mystery: 1\n").write(toFile: path, atomically: true, encoding: .utf8)
        try desk.refused("groundwork.unknown-key", "key", "status")
        try good.write(toFile: path, atomically: true, encoding: .utf8)
        let secret = desk.folder + "/state/secrets/keys"
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: secret)
        try desk.refused("command.secret-file", "key", "status")
        let doctor = try desk.yzt("doctor")
        #expect(doctor.status == 1 && doctor.output.contains("command.secret-file"), "\(doctor.output)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: secret)
        try warnOfAFullDisk()
    }

    /// Said while there is still room: a disk of 300 MiB is less than doctor asks for.
    private func warnOfAFullDisk() throws {
        let place = desk.folder + "/small"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        let script = """
            mount -t tmpfs -o size=300m small "$1"
            "$2" init --evaluation --algorithm p256 --root "$3" --configuration "$1/configuration.yaml"
            "$2" doctor --configuration "$1/configuration.yaml"
            """
        let doctor = try Shell.run(
            ["unshare", "-rm", "sh", "-ec", script, "sh", place, Shell.programs + "/yzt", desk.definition])
        #expect(
            doctor.status == 1 && doctor.output.contains("[command.disk-nearly-full]")
                && doctor.output.contains("腾出空间"), "\(doctor.output)")
    }

    private func enrolOfficers() throws {
        try desk.insert("officer-1", into: .requester, "--serial", "101")
        try desk.insert("officer-2", into: .approver, "--serial", "102")
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        try desk.refused(
            "command.one-reader-twice", "officer", "enrol", "--key", one, "--name", "王建国", "--second-key", one,
            "--second-name", "李秀英")
        try desk.done(
            "officer", "enrol", "--key", one, "--name", "王建国", "--second-key", two, "--second-name", "李秀英",
            secrets: [first, first, second, second])
        try desk.refused(
            "officers.bootstrap-void", "officer", "enrol", "--key", one, "--name", "王建国", "--second-key", two,
            "--second-name", "李秀英", secrets: [first, first, second, second])
        #expect(try desk.done("officer", "list").contains("李秀英"))
    }

    /// The code of the first active company.
    private func importRegistry() throws -> String {
        let file = desk.folder + "/registry.csv"
        let made = try Shell.run([
            "Tools/make-registry", "--rows", "60", "--seed", "20261121", "--bad", "2", "--out", file,
        ])
        try #require(made.succeeded, "\(made.output)")
        let reader = desk.reader(.requester)
        try desk.refused("command.too-few-officers", "registry", "import", file)
        try desk.refused("command.unreadable-file", "registry", "import", file + ".none", "--officer", reader)
        try desk.refused(
            "agent-protocol.wrong-pin", "registry", "import", file, "--officer", reader, secrets: ["111222"])
        try desk.refused("command.no-pin", "registry", "import", file, "--officer", reader, secrets: [])
        try desk.refused(
            "officers.wrong-role", "registry", "import", file, "--officer", desk.reader(.approver), secrets: [second])
        // The good lines are taken, the bad ones named, and a script learns by the status that there were some.
        let report = try desk.yzt(["registry", "import", file, "--officer", reader], secrets: [first])
        #expect(report.status == 1 && report.output.contains("60 added"), "\(report.output)")
        #expect(report.output.contains("2 bad"), "\(report.output)")
        let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
        let good = desk.folder + "/good.csv"
        try (lines.prefix(1) + lines.dropFirst().filter { $0.hasPrefix("91") && $0.hasSuffix(",active") }.prefix(1))
            .joined(separator: "\n").appending("\n").write(toFile: good, atomically: true, encoding: .utf8)
        let again = try desk.done("registry", "import", good, "--officer", reader, secrets: [first])
        #expect(again.contains("1 unchanged, 0 bad"), "\(again)")
        try desk.done(
            "application", "register", "tax-bureau", "--name", "电子税务局", "--department", "税务局", "--origin",
            "https://etax.example.gov.cn", "--officer", reader, secrets: [first])
        #expect(try desk.done("application", "list").contains("https://etax.example.gov.cn"))
        let rows = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst()
        let row = rows.first { $0.hasPrefix("91") && $0.hasSuffix(",active") }
        return try #require(row?.split(separator: ",").first.map(String.init))
    }

    private func refuseStrangers(_ code: String) throws {
        let (reader, officer) = (desk.reader(.holder), desk.reader(.requester))
        try desk.refused("command.no-reader", "key", "enrol", code, "--reader", "no such", "--officer", officer)
        try desk.refused(
            "command.already-stocked", "key", "stock-in", "--reader", desk.reader(.approver), "--officer", officer)
        try desk.insert("holder", into: .holder, "--serial", "1001")
        try desk.refused("command.not-stocked", "key", "enrol", code, "--reader", reader, "--officer", officer)
    }

    /// Pulled while a secret is set, a key made, a certificate written and the PIN set; each time `key recover` goes
    /// on.
    private func enrol(_ code: String) throws {
        let (reader, officer) = (desk.reader(.holder), desk.reader(.requester))
        try desk.done("key", "stock-in", "--reader", reader, "--officer", officer, secrets: [first])

        for (defect, bad) in [
            ("credit-check-digit", String(code.dropLast()) + (code.hasSuffix("0") ? "1" : "0")),
            ("code-length", String(code.dropLast())), ("code-full-width", "９" + code.dropFirst()),
            ("code-lower-case", code.replacing(/[A-Z]/) { $0.output.lowercased() }),
        ] {
            try desk.refused("legal-entities.\(defect)", "key", "enrol", bad, "--reader", reader, "--officer", officer)
        }
        let pins = ["officer 1: " + first, "holder new: " + holder, "holder: " + holder]
        try pulled(after: Cut.secret, at: "unlock") {
            try desk.yzt("key", "enrol", code, "--reader", reader, "--officer", officer, secrets: pins)
        }
        try pulled(after: Cut.pin, at: "set-pin") {
            try desk.yzt("key", "recover", "--reader", reader, secrets: [holder, holder])
        }
        try pulled(after: Cut.generate, at: "generate") {
            try desk.yzt("key", "recover", "--reader", reader, secrets: [holder, holder])
        }
        try pulled(after: Cut.write, at: "write") {
            try desk.yzt("key", "recover", "--reader", reader, secrets: [holder, holder])
        }
        try desk.insert("holder", into: .holder)
        // Whatever was begun goes on first, and asks the holder: who orders has another PIN.
        try desk.refused(
            "command.unnamed-pin", "key", "enrol", code, "--reader", reader, "--officer", officer,
            secrets: [first, holder, holder])
        #expect(try desk.done("key", "status", "--reader", reader).contains("tries 6"))
        try desk.refused(
            "agent-protocol.malformed-pin", "key", "recover", "--reader", reader, secrets: [holder + "\r"])
        #expect(try desk.done("key", "status", "--reader", reader).contains("tries 6"))
        let recovered = try desk.done("key", "recover", "--reader", reader, secrets: [holder, holder])
        #expect(recovered.contains("finished"), "\(recovered)")
        try desk.refused(
            "security-keys.wrong-status", "key", "enrol", code, "--reader", reader, "--officer", officer,
            secrets: ["officer: " + first])
    }

    /// How many commands the key answers before it is pulled; where that was is asked of `key status`.
    private enum Cut {
        static let secret = 24, pin = 24, generate = 28, write = 33
    }

    private func pulled(after commands: Int, at step: String, _ act: () throws -> Shell.Outcome) throws {
        try desk.insert("holder", into: .holder, "--vanish-after", String(commands))
        let outcome = try act()
        #expect(outcome.status == 75, "\(outcome.output)")
        try desk.insert("holder", into: .holder)
        let status = try desk.done("key", "status", "--reader", desk.reader(.holder))
        #expect(status.contains("at \(step)"), "\(status)")
    }

    /// Suspends and resumes; the serial number of the signature certificate.
    private func certificates(_ code: String) throws -> String {
        let officer = desk.reader(.requester)
        let lines = try desk.done("certificate", "show", code).split(separator: "\n")
        func serial(_ purpose: String) throws -> String {
            let line = lines.first { $0.contains("  \(purpose)  ") }
            return try #require(line?.split(separator: " ").first.map(String.init), "\(lines)")
        }
        let login = try serial("authentication")
        try desk.refused(
            "certificate-authority.unknown-certificate", "certificate", "show", "00112233445566778899aabbccddeeff")
        let held = try desk.done(
            "certificate", "suspend", login, "--reason", "asked", "--officer", officer, secrets: [first])
        #expect(held.contains("suspended"))
        try desk.done("certificate", "resume", login, "--reason", "found", "--officer", officer, secrets: [first])
        let pem = desk.folder + "/login.pem"
        let shown = try desk.done("certificate", "show", login, "--pem")
        #expect(
            shown.hasPrefix("-----BEGIN CERTIFICATE-----") && shown.hasSuffix("-----END CERTIFICATE-----\n"), "\(shown)"
        )
        // As openssl x509 -text writes it: a text, then the block.
        try ("Certificate:\n    Data:\n" + shown).write(toFile: pem, atomically: true, encoding: .utf8)
        let lint = try Shell.run([Shell.programs + "/yzt", "certificate", "lint", pem])
        #expect(lint.succeeded, "\(lint.output)")
        try desk.refused(
            "command.too-few-officers", "certificate", "revoke", login, "--reason", "x", "--officer", officer)
        try desk.refused(
            "command.one-reader-twice", "certificate", "revoke", login, "--reason", "x", "--officer", officer,
            "--officer", officer)
        try desk.refused(
            "command.too-many-officers", "certificate", "suspend", login, "--reason", "x", "--officer", officer,
            "--officer", desk.reader(.approver))
        try desk.refused(
            "command.no-reason", "certificate", "suspend", login, "--reason", " ", "--officer", officer)
        try desk.refused("command.no-certificates", "certificate", "show", "913101041FG3Q7P201")
        try refuseBeforeTouching(officer)
        return try serial("signature")
    }

    /// A refusal leaves the file of an earlier certificate as it was; an archive goes to a folder named as one types
    /// it.
    private func refuseBeforeTouching(_ officer: String) throws {
        let (key, request, out) = (desk.folder + "/s.key", desk.folder + "/s.csr", desk.folder + "/s.pem")
        let made = try Shell.run([
            "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", key,
            "-subj", "/CN=api.example.gov", "-out", request,
        ])
        try #require(made.succeeded, "\(made.output)")
        try "earlier".write(toFile: out, atomically: true, encoding: .utf8)
        try desk.refused(
            "command.too-few-officers", "certificate", "issue", "--profile", "tls-server", "--request", request,
            "--organization", "上海市某某局", "--server-name", "api.example.gov", "--reason", "x", "--out", out,
            "--officer", officer)
        #expect(try String(contentsOfFile: out, encoding: .utf8) == "earlier")
        try desk.done(
            "archive", "export", "typed-archive", "--all", "--officer", desk.reader(.approver), secrets: [second],
            from: desk.folder)
        #expect(FileManager.default.fileExists(atPath: desk.folder + "/typed-archive/manifest.json"))
        // A full disk under standard output is told by the status, not by a crash.
        let full = try Shell.run([
            "sh", "-c", "exec \"$@\" >/dev/full", "sh", Shell.programs + "/yzt", "forecast", "--configuration",
            desk.configuration,
        ])
        #expect(full.status == 2 && full.output.contains("No space left"), "\(full.output)")
    }

    private func seal(_ code: String, _ signature: String) throws {
        let (reader, officer) = (desk.reader(.holder), desk.reader(.requester))
        let made = try desk.done(
            "seal", "make", code, "--certificate", signature, "--officer", officer, secrets: [first])
        let seal = try #require(made.split(separator: " ").first.map(String.init))
        let plain = desk.folder + "/plain.pdf"
        let sealed = desk.folder + "/sealed.pdf"
        try Data(Self.page.utf8).write(to: URL(filePath: plain))
        try #require(try Shell.run(["qpdf", "--encrypt", "u", "o", "256", "--", plain, plain + ".locked"]).succeeded)
        func stamp(_ document: String) -> [String] {
            [
                "seal", "stamp", document, "--seal", seal, "--left", "100", "--top", "100", "--reader", reader,
                "--output", sealed,
            ]
        }
        for (code, document) in [
            ("command.unreadable-file", plain + ".none"), ("portable-documents.encrypted", plain + ".locked"),
        ] {
            let outcome = try desk.yzt(stamp(document), secrets: [holder])
            #expect(outcome.status == 1 && outcome.output.contains("[\(code)]"), "\(outcome.output)")
        }
        let outcome = try desk.yzt(stamp(plain), secrets: [holder])
        try #require(outcome.succeeded, "\(outcome.output)")
        let judged = try Shell.run(["pdfsig", "-nocert", sealed])
        #expect(judged.output.contains("Signature is Valid"), "\(judged.output)")
        let export = try Shell.run([Shell.programs + "/yzt", "seal", "export", sealed, desk.folder + "/exported"])
        #expect(export.succeeded, "\(export.output)")
    }

    private func unlock(_ code: String) throws {
        let (reader, one, two) = (desk.reader(.holder), desk.reader(.requester), desk.reader(.approver))
        try desk.refused("command.too-few-officers", "key", "unlock", "--reader", reader, "--officer", one)
        try desk.done(
            "key", "unlock", "--reader", reader, "--officer", one, "--officer", two,
            secrets: ["officer 1: " + first, "officer 2: " + second, "holder new: " + renewed])
    }

    /// The secrets of the key that was just unlocked move to another wrapping key; its next plan moves it to the new
    /// master.
    private func rewrapEscrow() throws {
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        try desk.refused("command.too-few-officers", "escrow", "rewrap", "--officer", one)
        let said = try desk.done(
            "escrow", "rewrap", "--new-master", "--officer", one, "--officer", two, secrets: [first, second])
        #expect(said.contains("master version 2"), "\(said)")
    }

    private func renew(_ code: String) throws {
        let (reader, officer) = (desk.reader(.holder), desk.reader(.requester))
        let outcome = try desk.done(
            "key", "renew", code, "--reader", reader, "--officer", officer,
            secrets: ["officer: " + first, "holder: " + renewed])
        #expect(outcome.contains("renew, staged"), "\(outcome)")
    }

    private func changePolicies() throws {
        let path = desk.definition + "/Policies/pin-rules.yaml"
        let good = try String(contentsOfFile: path, encoding: .utf8)
        try (good + "mystery: 1\n").write(toFile: path, atomically: true, encoding: .utf8)
        try desk.refused("groundwork.unknown-key", "policy", "apply", "--root", desk.definition)
        let stricter = good.replacing("longestRepetition: 3", with: "longestRepetition: 2")
        try stricter.write(toFile: path, atomically: true, encoding: .utf8)
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        try desk.refused("command.too-few-officers", "policy", "apply", "--root", desk.definition, "--officer", one)
        try desk.done(
            "policy", "apply", "--root", desk.definition, "--officer", one, "--officer", two, secrets: [first, second])
        try desk.refused("certificate-authority.unchanged-policy", "policy", "apply", "--root", desk.definition)
    }

    private func endings() throws {
        let service = try OperatorService(configuration: desk.configuration)
        defer { service.stop() }
        try Hardening(process: service.identifier).leavesNoCore()
        try Hardening(process: service.identifier).keepsItsMemory()
        try Linkage.hasNoCardLibrary(service.identifier)
        try desk.refused("storage.directory-in-use", "serve")
        let export = desk.folder + "/audit"
        try desk.done("audit", "export", export, "--officer", desk.reader(.approver), secrets: [second])
        // Whoever checks it needs nobody's key.
        #expect(try Shell.run([Shell.programs + "/yzt", "audit", "verify", export]).status == 0)
        let events = export + "/events.jsonl"
        var bytes = try Data(contentsOf: URL(filePath: events))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(filePath: events))
        let tampered = try Shell.run([Shell.programs + "/yzt", "audit", "verify", export])
        #expect(tampered.status == 1 && tampered.output.contains("audit.tampered"), "\(tampered.output)")
        try desk.done("doctor")
    }

    /// One empty A4 page; qpdf and yzt both read a file whose cross-reference table stands where it says.
    static let page: String = {
        let objects = [
            "<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<<>>>>",
        ]
        var text = "%PDF-1.7\n"
        var table = "xref\n0 4\n0000000000 65535 f \n"
        for (number, object) in objects.enumerated() {
            let offset = String(text.utf8.count)
            table += String(repeating: "0", count: 10 - offset.count) + offset + " 00000 n \n"
            text += "\(number + 1) 0 obj\n\(object)\nendobj\n"
        }
        return text + table + "trailer\n<</Size 4/Root 1 0 R>>\nstartxref\n\(text.utf8.count)\n%%EOF\n"
    }()
}

/// `yzt serve` as a process of its own; it says each address once it answers there.
final class OperatorService {
    private let process = Foundation.Process()
    var identifier: Int32 { process.processIdentifier }

    init(configuration: String, faces: Int = 4) throws {
        let said = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments =
            Hardening.asOrdinaryUser + [Shell.programs + "/yzt", "serve", "--configuration", configuration]
            + ["--end-with-parent", "--parent", "\(getpid())"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = said
        process.standardError = FileHandle.nullDevice
        try process.run()
        // Blocks until every address is announced that this configuration has, or the program ends. The clock's line
        // comes before them.
        var text = ""
        while text.matches(of: /(?:status|login|public|staff) [0-9.:]+\n/).count < faces {
            let more = said.fileHandleForReading.availableData
            guard !more.isEmpty else { break }
            text += String(decoding: more, as: UTF8.self)
        }
    }

    func stop() {
        if process.isRunning { process.terminate() }
        process.waitUntilExit()
    }
}
