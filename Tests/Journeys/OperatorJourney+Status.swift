import Foundation
import Testing

/// A server's certificate on two officers' keys, its end and the reason that was learnt later; and whether what is
/// signed, stored, served, copied and on the key in the hand is the same.
extension OperatorJourney {
    func status() throws {
        let server = try issueServer()
        try revise(server)
        // The key in the hand: by SELECT and reads alone, no PIN is asked for.
        let inHand = try desk.done("reconcile", "--reader", desk.reader(.holder))
        #expect(inHand.contains("nothing differs"), "\(inHand)")
        // An officer's key is one of the authority's too.
        try desk.done("reconcile", "--reader", desk.reader(.approver))
        try alterTheRecord()
        try serveAndCopy(server)
    }

    /// Behind the authority's back the holder's certificate is put down to another key: named by its serial number.
    private func alterTheRecord() throws {
        let text = try String(contentsOfFile: desk.configuration, encoding: .utf8)
        let data = try #require(text.firstMatch(of: /data: (.+)/)?.1)
        func alter(_ change: String) throws -> String {
            let script = """
                import sqlite3, sys
                store = sqlite3.connect(sys.argv[1], timeout=20)
                serial, medium = store.execute("SELECT serial, medium FROM certificate WHERE purpose = 'authentication' \
                AND state = 'active' ORDER BY issued_at DESC").fetchone()
                store.execute("UPDATE certificate SET medium = ? WHERE serial = ?", (\(change), serial))
                store.commit()
                print(serial.hex())
                """
            let outcome = try Shell.run(["python3", "-c", script, data + "/database.sqlite"])
            try #require(outcome.succeeded, "\(outcome.output)")
            return outcome.output.filter { !$0.isWhitespace }
        }
        let turned = "bytes(255 - b for b in medium)"
        let serial = try alter(turned)
        let found = try desk.yzt("reconcile", "--reader", desk.reader(.holder))
        #expect(found.status == 1 && found.output.contains(serial), "\(found.output)")
        #expect(found.output.contains("on-key-elsewhere"), "\(found.output)")
        #expect(try alter(turned) == serial)
        try desk.done("reconcile", "--reader", desk.reader(.holder))
    }

    /// By PKCS#10 from openssl; the serial number.
    private func issueServer() throws -> String {
        func path(_ name: String) -> String { desk.folder + "/" + name }
        let made = try Shell.run([
            "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            path("server.key"), "-subj", "/CN=whatever it says", "-out", path("server.csr"),
        ])
        try #require(made.succeeded, "\(made.output)")
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        let requested = [
            "certificate", "issue", "--profile", "tls-server", "--request", path("server.csr"), "--organization",
            "上海市某某局", "--server-name", "api.example.gov", "--reason", "上线", "--out", path("server.pem"),
        ]
        func refused(_ code: String, _ officers: [String], secrets: [String]?) throws {
            let outcome = try desk.yzt(requested + officers.flatMap { ["--officer", $0] }, secrets: secrets)
            #expect(outcome.status == 1 && outcome.output.contains("[\(code)]"), "\(outcome.output)")
        }
        try refused("command.too-few-officers", [one], secrets: nil)
        try refused("command.one-reader-twice", [one, one], secrets: nil)
        // The approver is no requester, whatever is signed.
        try refused("officers.wrong-role", [two, one], secrets: [second, first])
        try refused("agent-protocol.wrong-pin", [one, two], secrets: [first, "111222"])
        let outcome = try desk.yzt(requested + ["--officer", one, "--officer", two], secrets: [first, second])
        try #require(outcome.status == 0, "\(outcome.output)")
        let text = try Shell.run(["openssl", "x509", "-in", path("server.pem"), "-noout", "-text"]).output
        for part in ["DNS:api.example.gov", "X509v3 Freshest CRL", "TLS Web Server Authentication"] {
            #expect(text.contains(part), "\(part)\n\(text)")
        }
        #expect(!text.contains("whatever it says"))
        let keys = try ["server.key", "server.pem"].map { name in
            name.hasSuffix("key")
                ? try Shell.run(["openssl", "pkey", "-in", path(name), "-pubout"]).output
                : try Shell.run(["openssl", "x509", "-in", path(name), "-noout", "-pubkey"]).output
        }
        #expect(keys[0] == keys[1] && keys[0].contains("BEGIN PUBLIC KEY"))
        let serial = try Shell.run(["openssl", "x509", "-in", path("server.pem"), "-noout", "-serial"]).output
        return try #require(serial.split(separator: "=").last.map { $0.filter { !$0.isWhitespace }.lowercased() })
    }

    private func revise(_ server: String) throws {
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        let both = ["--officer", one, "--officer", two]
        try desk.refused(
            "certificate-authority.not-revoked", "certificate", "revise-reason", server, "--because", "keyCompromise",
            "--reason", "found", "--officer", one, "--officer", two, secrets: [first, second])
        try desk.done(
            "certificate", "revoke", server, "--because", "superseded", "--reason", "replaced", "--officer", one,
            "--officer", two, secrets: [first, second])
        try desk.refused(
            "command.too-few-officers", "certificate", "revise-reason", server, "--because", "keyCompromise",
            "--reason",
            "found", "--officer", one)
        let less = try desk.yzt(
            ["certificate", "revise-reason", server, "--because", "cessationOfOperation", "--reason", "tidier"] + both,
            secrets: [first, second])
        #expect(less.status == 1 && less.output.contains("[certificate-authority.wrong-revision]"), "\(less.output)")
        try desk.done(
            "certificate", "revise-reason", server, "--because", "keyCompromise", "--reason", "found on a stick",
            "--officer", one, "--officer", two, secrets: [first, second])
    }

    /// The service and a node beside it that answers from a copy.
    private func serveAndCopy(_ server: String) throws {
        let text = try String(contentsOfFile: desk.configuration, encoding: .utf8)
        let folder = desk.folder + "/replica"
        try FileManager.default.createDirectory(atPath: folder + "/data", withIntermediateDirectories: true)
        let data = try #require(text.firstMatch(of: /data: (.+)/)?.1)
        let beside = text.replacing(String(data), with: folder + "/data")
            .replacing(/( (?:status|login|public|staff): ["']?)127\.0\.0\./) { "\($0.output.1)127.0.1." }
        func copy(as name: String) throws {
            let script = "import sqlite3,sys;s=sqlite3.connect(sys.argv[1]);s.backup(sqlite3.connect(sys.argv[2]))"
            let made = try Shell.run(["python3", "-c", script, data + "/database.sqlite", folder + "/data/" + name])
            try #require(made.succeeded, "\(made.output)")
        }
        // A copy from before the primary has beaten once.
        try copy(as: "database.sqlite")
        try (text + "status: { role: primary, heartbeatSeconds: 1 }\n")
            .write(toFile: desk.configuration, atomically: true, encoding: .utf8)
        let service = try OperatorService(configuration: desk.configuration)
        defer {
            service.stop()
            try? text.write(toFile: desk.configuration, atomically: true, encoding: .utf8)
        }
        try desk.done("certificate", "publish-lists")
        let served = try desk.done("reconcile", "--served")
        #expect(served.contains("nothing differs") && served.contains("lists fetched"), "\(served)")

        let configuration = folder + "/configuration.yaml"
        try (beside + "status: { role: replica, boundSeconds: 3600 }\n")
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        let replica = try OperatorService(configuration: configuration, faces: 2)
        defer { replica.stop() }
        let listed = try #require(beside.firstMatch(of: /status: ["']?(127\.0\.1\.1:[0-9]+)/)?.1)
        let address = "http://" + listed
        func ready() throws -> Bool {
            try Shell.run(["curl", "--silent", "--fail", "--output", "/dev/null", address + "/readyz"]).succeeded
        }
        #expect(try !ready())
        let refused = try Shell.run([
            Shell.programs + "/yzt", "certificate", "show", server, "--configuration", configuration,
        ])
        #expect(refused.status == 1 && refused.output.contains("[command.replica-only]"), "\(refused.output)")
        // A newer one is put in its place while it runs.
        try copy(as: "next.sqlite")
        try #require(
            Shell.run(["mv", folder + "/data/next.sqlite", folder + "/data/database.sqlite"]).succeeded)
        for _ in 0..<600 where try !ready() { poll(nil, 0, 100) }
        #expect(try ready())
        let copied = try desk.yzt("reconcile", "--served", "--at", address)
        // What nobody asked about before the copy cannot be signed there; nothing else is different.
        #expect(!copied.output.contains("served-list-differs") && !copied.output.contains("served-answer-differs"))
        #expect(copied.output.contains("lists fetched"), "\(copied.output)")
    }
}
