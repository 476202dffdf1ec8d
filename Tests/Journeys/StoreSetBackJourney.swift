import Foundation
import Testing

/// Last night's backup is put back after a revocation: nothing that was revoked is called good, before or after two
/// officers have restored what journals and published lists know.
@Suite(.serialized) struct StoreSetBackJourney {
    private let first = "739155", second = "28461379"

    @Test func `A store from before a revocation: revoked stays not good, and no list number comes twice`() throws {
        let desk = try OperatorDesk()
        do { try night(desk) } catch {
            try? desk.close()
            throw error
        }
        try desk.close()
    }

    private func night(_ desk: OperatorDesk) throws {
        try desk.done("init", "--evaluation", "--algorithm", "p256", "--root", desk.definition)
        try desk.holdPorts()
        try desk.insert("officer-1", into: .requester, "--serial", "101")
        try desk.insert("officer-2", into: .approver, "--serial", "102")
        let (one, two) = (desk.reader(.requester), desk.reader(.approver))
        try desk.done(
            "officer", "enrol", "--key", one, "--name", "王建国", "--second-key", two, "--second-name", "李秀英",
            secrets: [first, first, second, second])
        let before = try issue(desk, "before")
        let text = try String(contentsOfFile: desk.configuration, encoding: .utf8)
        let data = String(try #require(text.firstMatch(of: /data: (.+)/)?.1))
        let backup = desk.folder + "/backup.sqlite"
        try copy(data + "/database.sqlite", to: backup)

        // The day: one certificate more, one revoked, lists published.
        let after = try issue(desk, "after")
        try desk.done(
            "certificate", "revoke", before, "--because", "keyCompromise", "--reason", "stolen", "--officer", one,
            "--officer", two, secrets: [first, second])
        try desk.done("certificate", "publish-lists")
        let list = desk.folder + "/full.crl"
        let used = try serve(desk) { status, _ in
            try fetch(status + "/crl/p256-entity-1/full.crl", to: list)
            #expect(try answer(status, before, desk).contains("revoked"))
            return try number(list)
        }

        // The night: the copy is put back, the journals stay as they are.
        for name in ["database.sqlite", "database.sqlite-wal", "database.sqlite-shm", "audit-head.jsonl"] {
            try? FileManager.default.removeItem(atPath: data + "/" + name)
        }
        try FileManager.default.copyItem(atPath: backup, toPath: data + "/database.sqlite")

        try serve(desk) { status, staff in
            for address in [status, staff] {
                let ready = try Shell.run([
                    "curl", "--silent", "--output", "/dev/null", "--write-out", "%{http_code}", address + "/readyz",
                ])
                #expect(ready.output == "503", "\(address) \(ready.output)")
            }
            for serial in [before, after] {
                #expect(try answer(status, serial, desk).contains("trylater"))
            }
            let refused = try Shell.run(["curl", "--silent", "--fail", status + "/crl/p256-entity-1/full.crl"])
            #expect(!refused.succeeded)
        }
        let doctor = try desk.yzt("doctor")
        #expect(doctor.status == 1 && doctor.output.contains("certificate-authority.store-behind"), "\(doctor.output)")
        try request(desk, "third")
        let third = try desk.yzt(issuing(desk, "third"), secrets: [first, second])
        #expect(third.status == 75 && third.output.contains("certificate-authority.store-behind"), "\(third.output)")

        // What is missing is said by anybody, and made good by two.
        let dry = try desk.done("restore", "--crl", list)
        #expect(dry.contains(after) && dry.contains(before) && dry.contains("keyCompromise"), "\(dry)")
        #expect(dry.contains("nothing was changed"), "\(dry)")
        try desk.refused("command.too-few-officers", "restore", "--crl", list, "--officer", one)
        try desk.refused("certificate-authority.restore-foreign-list", "restore", "--crl", desk.folder + "/before.csr")
        try serve(desk) { status, _ in
            try desk.done(
                "restore", "--crl", list, "--reason", "disk", "--officer", one, "--officer", two,
                secrets: [first, second])
            // Within a second, without a restart; a bounded wait.
            for _ in 0..<100 where try answer(status, before, desk).contains("trylater") { poll(nil, 0, 100) }
            #expect(try answer(status, before, desk).contains("revoked"))
            #expect(try answer(status, after, desk).contains("revoked"))
            try fetch(status + "/crl/p256-entity-1/full.crl", to: list)
            #expect(try number(list) > used)
            let shown = try Shell.run(["openssl", "crl", "-inform", "DER", "-in", list, "-noout", "-text"]).output
            #expect(shown.lowercased().contains(before) && shown.lowercased().contains(after), "\(shown)")
        }
        #expect(try desk.done("restore").contains("nothing is proved to be missing"))
        #expect(!(try desk.yzt("doctor").output.contains("store-behind")))
        let issued = try desk.yzt(issuing(desk, "third"), secrets: [first, second])
        #expect(issued.status == 0, "\(issued.output)")
    }

    private func issuing(_ desk: OperatorDesk, _ name: String) -> [String] {
        [
            "certificate", "issue", "--profile", "tls-server", "--request", "\(desk.folder)/\(name).csr",
            "--organization", "上海市某某局", "--server-name", "\(name).example.gov", "--reason", "上线", "--out",
            "\(desk.folder)/\(name).pem", "--officer", desk.reader(.requester), "--officer", desk.reader(.approver),
        ]
    }

    private func request(_ desk: OperatorDesk, _ name: String) throws {
        let made = try Shell.run([
            "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            "\(desk.folder)/\(name).key", "-subj", "/CN=x", "-out", "\(desk.folder)/\(name).csr",
        ])
        try #require(made.succeeded, "\(made.output)")
    }

    /// The serial number of a new server's certificate.
    private func issue(_ desk: OperatorDesk, _ name: String) throws -> String {
        try request(desk, name)
        let issued = try desk.yzt(issuing(desk, name), secrets: [first, second])
        try #require(issued.status == 0, "\(issued.output)")
        let shown = try Shell.run(["openssl", "x509", "-in", "\(desk.folder)/\(name).pem", "-noout", "-serial"]).output
        return try #require(shown.split(separator: "=").last.map { $0.filter { !$0.isWhitespace }.lowercased() })
    }

    /// A consistent copy beside whatever writes.
    private func copy(_ from: String, to: String) throws {
        let script = "import sqlite3,sys;s=sqlite3.connect(sys.argv[1]);s.backup(sqlite3.connect(sys.argv[2]))"
        let made = try Shell.run(["python3", "-c", script, from, to])
        try #require(made.succeeded, "\(made.output)")
    }

    @discardableResult
    private func serve<Value>(_ desk: OperatorDesk, _ body: (String, String) throws -> Value) throws -> Value {
        let service = try OperatorService(configuration: desk.configuration)
        defer { service.stop() }
        let text = try String(contentsOfFile: desk.configuration, encoding: .utf8)
        func address(_ name: String) throws -> String {
            let pattern = try Regex("\(name): [\"']?(127\\.0\\.0\\.[0-9]+:[0-9]+)")
            return "http://" + String(try #require(text.firstMatch(of: pattern)?.output[1].substring))
        }
        return try body(address("status"), address("staff"))
    }

    private func fetch(_ address: String, to path: String) throws {
        let got = try Shell.run(["curl", "--silent", "--show-error", "--fail", "--output", path, address])
        try #require(got.succeeded, "\(got.output)")
    }

    private func number(_ list: String) throws -> Int {
        let shown = try Shell.run(["openssl", "crl", "-inform", "DER", "-in", list, "-noout", "-crlnumber"]).output
        let digits = shown.replacing("0x", with: "").split(separator: "=").last.map { $0.filter(\.isHexDigit) }
        return try #require(digits.flatMap { Int($0, radix: 16) }, "\(shown)")
    }

    /// What openssl makes of the responder's answer.
    private func answer(_ status: String, _ serial: String, _ desk: OperatorDesk) throws -> String {
        let issuer = desk.folder + "/issuer.cer"
        try fetch(status + "/ca/p256-entity-1.cer", to: issuer)
        return try Shell.run([
            "openssl", "ocsp", "-issuer", issuer, "-serial", "0x" + serial, "-url", status + "/ocsp/p256-entity-1",
            "-noverify",
        ]).output.lowercased()
    }
}
