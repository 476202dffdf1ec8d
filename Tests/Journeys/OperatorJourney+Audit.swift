import Foundation
import Testing

/// What the audit administrator does at the end of a day, and what leaves no trace of a name but a hash.
extension OperatorJourney {
    func audit() throws {
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        func path(_ name: String) -> String { desk.folder + "/" + name }
        let login = try desk.done("officer", "login", "--officer", two, secrets: [second])
        #expect(login.contains("李秀英") && login.contains("countersign a checkpoint"), "\(login)")
        try typePINs(two)
        try desk.refused("officers.wrong-role", "audit", "countersign", "--officer", one, secrets: [first])
        let signed = try desk.done("audit", "countersign", "--officer", two, secrets: [second])
        #expect(signed.contains("counter-signed"), "\(signed)")
        let printed = try desk.done("audit", "checkpoint").split(separator: "\n")
        let line = try #require(printed.first { $0.hasPrefix("{") })
        try (line + "\n").write(toFile: path("held.jsonl"), atomically: true, encoding: .utf8)

        // Somebody who is given the name can show it; afterwards it is destroyed, and nobody is given it again.
        let listed = try desk.done("officer", "list").split(separator: "\n").first { $0.contains("王建国") }
        let officer = try #require(listed?.split(separator: " ").first.map(String.init))
        try desk.done(
            "audit", "open", officer, "--reason", "court", "--out", path("name.proof"), "--officer", two,
            secrets: [second])
        try desk.refused("command.too-few-officers", "audit", "export", path("trail"))
        try desk.refused(
            "officers.wrong-role", "audit", "export", path("trail"), "--officer", one, secrets: [first])
        #expect(!FileManager.default.fileExists(atPath: path("trail")))
        try desk.done("audit", "export", path("trail"), "--officer", two, secrets: [second])
        let key = path("trail") + "/key.pem"
        let opened = try desk.done("audit", "verify", path("name.proof"), "--key", key)
        #expect(opened.contains("name = 王建国"), "\(opened)")
        let receipt = path("receipt.proof")
        try desk.refused(
            "command.too-few-officers", "audit", "forget", officer, "--reason", "left", "--out", receipt, "--officer",
            one)
        try desk.done(
            "audit", "forget", officer, "--reason", "left", "--out", receipt, "--officer", one, "--officer", two,
            secrets: [first, second])
        try desk.done("audit", "verify", path("receipt.proof"), "--key", key)
        try desk.refused(
            "audit.unknown-event", "audit", "open", officer, "--reason", "again", "--out", path("again.proof"),
            "--officer", two, secrets: [second])

        try desk.done("audit", "export", path("trail"), "--officer", two, secrets: [second])
        let verdict = try desk.done("audit", "verify", path("trail"), "--held", path("held.jsonl"))
        #expect(verdict.contains("1 personal data deleted") && verdict.contains("last counter-signed"), "\(verdict)")
        let alone = try Shell.run(["Tools/verify-audit", path("trail"), "--held", path("held.jsonl")])
        #expect(alone.succeeded && alone.output.contains("1 personal data deleted"), "\(alone.output)")
        try desk.done("audit", "prove", "0", "--held", path("held.jsonl"), "--out", path("event.proof"))
        try desk.done("audit", "verify", path("event.proof"), "--key", key, "--held", path("held.jsonl"))
        try desk.done("audit", "verify", "--store", "--held", path("held.jsonl"))
        // The store is judged by what somebody trusts, where he says so.
        let anchors = path("trail") + "/anchors.pem"
        try desk.done("audit", "verify", "--store", "--key", key, "--anchors", anchors)
        let other = path("other.pem")
        #expect(try Shell.run(["openssl", "genpkey", "-algorithm", "RSA", "-out", path("other.key")]).succeeded)
        #expect(try Shell.run(["openssl", "pkey", "-in", path("other.key"), "-pubout", "-out", other]).succeeded)
        try desk.refused("audit.tampered", "audit", "verify", "--store", "--key", other)
        try exchangeCheckpointsKey(receipt, anchors)
        try keep()
    }

    /// The key of the checkpoints may be known to others: what it signed so far holds, for both verifiers, and its end
    /// stands with the keys that are given out.
    private func exchangeCheckpointsKey(_ receipt: String, _ anchors: String) throws {
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        func path(_ name: String) -> String { desk.folder + "/" + name }
        try desk.done(
            "certificate", "rekey-service", "--role", "checkpoints", "--because", "keyCompromise", "--reason",
            "the machine was stolen", "--officer", one, "--officer", two, secrets: [first, second])
        try desk.done("audit", "verify", "--store", "--held", path("held.jsonl"))
        try desk.done("audit", "export", path("after"), "--officer", two, secrets: [second])
        let key = path("after") + "/key.pem"
        let text = try String(contentsOfFile: key, encoding: .utf8)
        let ended = try #require(text.firstMatch(of: /\nEnded: [-0-9]{10}T[:0-9]{8}Z\n/), "\(text)")
        try desk.done("audit", "verify", path("after"), "--key", key, "--held", path("held.jsonl"))
        let alone = ["Tools/verify-audit", path("after"), "--held", path("held.jsonl")]
        let holds = try Shell.run(alone)
        #expect(holds.succeeded, "\(holds.output)")
        // A receipt of the old key's time holds by its time stamp, which needs the roots.
        try desk.done("audit", "verify", receipt, "--key", key, "--anchors", anchors)
        try desk.refused("audit.proof-fails", "audit", "verify", receipt, "--key", key)
        // A line that is not understood is no line that may be passed over.
        try text.replacing(ended.output, with: "\nEnded yesterday\n")
            .write(toFile: key, atomically: true, encoding: .utf8)
        try desk.refused("audit.malformed-keys", "audit", "verify", path("after"))
        let refused = try Shell.run(alone)
        #expect(refused.status == 1 && refused.output.contains("the keys"), "\(refused.output)")
    }

    /// A PIN typed at a terminal is not shown; where there is neither window nor terminal, the ways out are.
    private func typePINs(_ reader: String) throws {
        let terminal = try desk.terminal("officer", "login", "--officer", reader)
        #expect(try terminal.wait(for: /PIN [^\n]*: $/), "\(terminal.screen)")
        #expect(!terminal.echoes)
        terminal.type(second)
        #expect(try terminal.ending() == 0, "\(terminal.screen)")
        #expect(terminal.screen.contains("李秀英") && !terminal.screen.contains(second), "\(terminal.screen)")
        #expect(terminal.echoes)
        try typeIntoPinentry(reader)

        let login = ["officer", "login", "--officer", reader]
        func refused(_ code: String, _ words: String, _ arguments: [String] = [], pinentry: String? = nil) throws {
            let folder = desk.folder + "/bin"
            try? FileManager.default.removeItem(atPath: folder)
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            if let pinentry {
                let made = FileManager.default.createFile(
                    atPath: folder + "/pinentry", contents: Data(("#!/bin/sh\n" + pinentry + "\n").utf8),
                    attributes: [.posixPermissions: 0o755])
                #expect(made)
            }
            let outcome = try desk.withoutTerminal(
                login + arguments, path: folder + ":/usr/bin:/bin", screen: pinentry == nil ? "" : ":99")
            #expect(outcome.status == 1 && outcome.output.contains("[\(code)]"), "\(outcome.output)")
            #expect(outcome.output.contains(words), "\(outcome.output)")
        }
        try refused("command.no-terminal", "--pin-entry fd:N", ["--pin-entry", "terminal"])
        // The machine's own, which finds neither screen nor terminal, and one that cannot start.
        try refused("command.no-pin-window", "--pin-entry terminal")
        try refused("command.no-pin-window", "does not answer", pinentry: "exit 127")
        let polite = "echo OK; while read line; do case $line in GETPIN) echo 'ERR %; ' ;; *) echo OK ;; esac; done"
        for (answer, code, words) in [
            ("83886179 Operation cancelled <Pinentry>", "command.no-pin", "the PIN window was cancelled"),
            ("83886142 Timeout <Pinentry>", "command.no-pin", "nobody answered"),
            ("83918950 Inappropriate ioctl for device", "command.no-pin-window", "Inappropriate ioctl"),
        ] {
            try refused(code, words, pinentry: polite.replacing("%; ", with: answer))
        }
    }

    /// What is kept and what may go: an archive with everything about each certificate, and nothing past its time yet.
    private func keep() throws {
        func path(_ name: String) -> String { desk.folder + "/" + name }
        try desk.refused("command.too-few-officers", "archive", "export", "--all", path("archive"))
        try desk.done(
            "archive", "export", "--all", path("archive"), "--officer", desk.reader(.approver), secrets: [second])
        let anchors = path("trail") + "/anchors.pem"
        let verified = try Shell.run(
            [Shell.programs + "/yzt", "archive", "verify", path("archive"), "--anchor", anchors])
        #expect(verified.succeeded && verified.output.contains("holds"), "\(verified.output)")
        let beside = try Shell.run(["find", path("archive") + "/beside", "-name", "*.jsonl"]).output
        for kind in ["keys", "orders", "entity", "logins", "seals"] {
            #expect(kind == "logins" || beside.contains("/\(kind).jsonl"), "\(kind)\n\(beside)")
        }
        // It is our own, with nothing pruned: no officer is asked.
        try desk.refused("certificate-authority.archive-own", "archive", "import", path("archive"), "--anchor", anchors)
        try desk.refused(
            "certificate-authority.unknown-certificate", "archive", "show", String(repeating: "1a", count: 16))
        try desk.refused(
            "certificate-authority.nothing-to-archive", "archive", "export", "--ended-before", "2001-01-01T00:00:00Z",
            path("nothing"), "--officer", desk.reader(.approver), secrets: [second])
        #expect(!FileManager.default.fileExists(atPath: path("nothing.partial")))
        let due = try desk.done("retention", "prune", "--dry-run")
        for kind in ["key-plans", "dead-secrets", "ended-entities", "seals", "personal-data", "bulk-revocations"] {
            #expect(due.contains("\(kind)  0  "), "\(due)")
        }
        // Nothing is past its time: no officer is asked.
        try desk.done("retention", "prune")
        let certificates = try desk.done("retention", "prune", "--archive", path("archive"), "--dry-run")
        #expect(certificates.contains("0 张证书可清理"), "\(certificates)")
    }
}
