import Foundation
import Testing

/// What is known of certificates afterwards, and what becomes of many at once: long-term answers, the recheck, a batch
/// that is revoked, an archive, and the successor that takes it over.
@Suite(.serialized) final class RecordsJourney {
    let desk: OperatorDesk
    let first = "739155", second = "28461379", holder = "531642", other = "864213"

    init() throws { desk = try OperatorDesk() }

    @Test func fromABadBatchToTheSuccessorsArchive() throws {
        do { try story() } catch {
            try? desk.close()
            throw error
        }
        try desk.close()
    }

    func path(_ name: String) -> String { desk.folder + "/" + name }
    var requester: [String] { ["--officer", desk.reader(.requester)] }
    var approver: [String] { ["--officer", desk.reader(.approver)] }
    var pins: [String] { [first, second] }

    private func story() throws {
        try found()
        let codes = try importRegistry()
        try override()
        try trustTheClock()
        let begun = try enrol(codes)
        try forecast()
        let serials = try certificates(codes[0])
        try answerForThePast(serials[0], since: begun)
        try recheck()
        let archive = try archive(serials)
        try validateAsADepartment(serials[0], archive)
        try revokeTheBatch(codes, spared: codes[1])
        try listWeakKeys(serials)
        try succeed(archive, serials[0])
    }

    /// An authority with its first two officers, whose keys stay in their readers.
    private func found() throws {
        try desk.done("init", "--evaluation", "--algorithm", "p256", "--root", desk.definition)
        let cards = desk.authority
        try desk.insert("\(cards)-officer-1", into: .requester, "--serial", "101")
        try desk.insert("\(cards)-officer-2", into: .approver, "--serial", "102")
        try desk.done(
            "officer", "enrol", "--key", desk.reader(.requester), "--name", "王建国", "--second-key",
            desk.reader(.approver), "--second-name", "李秀英", secrets: [first, first, second, second])
    }

    /// The codes of two active companies.
    private func importRegistry() throws -> [String] {
        let file = path("registry.csv")
        let made = try Shell.run(["Tools/make-registry", "--rows", "60", "--seed", "20261121", "--out", file])
        try #require(made.succeeded, "\(made.output)")
        try desk.done(["registry", "import", file] + requester, secrets: [first])
        let rows = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").dropFirst()
        let codes = rows.filter { $0.hasPrefix("91") && $0.hasSuffix(",active") }.prefix(2)
            .compactMap { $0.split(separator: ",").first.map(String.init) }
        try #require(codes.count == 2)
        let shown = try desk.done("registry", "show", codes[0])
        #expect(shown.hasPrefix(codes[0] + "  "), "\(shown)")
        return codes
    }

    /// A code that was really given out and fails its check digit: two officers accept it, and a registry file with it.
    private func override() throws {
        let bad = "91310000MA1FL0000X"
        let file = path("overridden.csv")
        try """
        uscc,name,type,division,legal_representative,status
        \(bad),上海例外认定有限公司,有限责任公司(自然人独资),310000,王芳,active

        """.write(toFile: file, atomically: true, encoding: .utf8)
        let refused = try desk.yzt(["registry", "import", file] + requester, secrets: [first])
        #expect(refused.status == 1 && refused.output.contains("1 bad"), "\(refused.output)")
        let order = ["registry", "override", bad, "--reason", "the certificate of registration was seen"]
        try desk.refused("command.too-few-officers", order + requester)
        try desk.refused("command.one-reader-twice", order + requester + requester)
        try desk.refused("command.too-many-officers", order + desk.both + ["--officer", desk.reader(.holder)])
        try desk.refused("command.no-reason", Array(order.dropLast()) + [" "] + desk.both)
        try desk.refused("officers.wrong-role", order + approver + requester, secrets: [second, first])
        try desk.refused("agent-protocol.wrong-pin", order + desk.both, secrets: [first, "602835"])
        let accepted = try desk.done(order + desk.both, secrets: pins)
        #expect(accepted.contains(bad), "\(accepted)")
        #expect(try desk.done(["registry", "import", file] + requester, secrets: [first]).contains("1 added"))
        #expect(try desk.done("registry", "show", bad).contains("上海例外认定有限公司"))
        // What no registrar can have given out is never accepted.
        let short = try desk.yzt(["registry", "override", "9131", "--reason", "x"] + desk.both, secrets: pins)
        #expect(short.status == 1 && short.output.contains("[legal-entities.override-not-allowed]"), "\(short.output)")
    }

    private func trustTheClock() throws {
        let status = try desk.done("clock", "status")
        #expect(status.contains("可信 · trusted"), "\(status)")
        let word = ["clock", "trust", "--hours", "2", "--reason", "compared with 117"]
        try desk.refused("command.too-few-officers", word)
        let given = try desk.done(word + requester, secrets: [first])
        #expect(given.contains("可信 · trusted"), "\(given)")
    }

    /// Two entities get their keys, of two batches; the moment before.
    private func enrol(_ codes: [String]) throws -> Date {
        let begun = Date.now
        for (slot, code, batch, pin) in [
            (OperatorDesk.Slot.holder, codes[0], "B-1", holder), (.spare, codes[1], "B-2", other),
        ] {
            try desk.insert("holder-\(batch)", into: slot, "--serial", slot == .holder ? "1001" : "1002")
            try desk.done(
                ["key", "stock-in", "--reader", desk.reader(slot), "--batch", batch, "--service-point", "SP-07"]
                    + requester, secrets: [first])
            try desk.done(
                ["key", "enrol", code, "--reader", desk.reader(slot)] + requester,
                secrets: ["officer: " + first, "holder new: " + pin, "holder: " + pin])
        }
        return begun
    }

    private func forecast() throws {
        #expect(try desk.done("forecast", "--weeks", "150").contains("6 张证书 certificates, "))
        let table = try desk.done("forecast", "--weeks", "150", "--form", "csv").split(separator: "\n")
        let columns = "week,monday,district,district_name,service_point,certificates,keys,officer,officer_name"
        #expect(table.first == "\(columns),officer_ends")
        #expect(table.contains { $0.contains(",SP-07,") }, "\(table)")
        let json = try desk.done("forecast", "--weeks", "150", "--form", "json")
        let lines = try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [[String: Any]] ?? []
        #expect(lines.contains { $0["servicePoint"] as? String == "SP-07" }, "\(json)")
    }

    /// The serial numbers of an entity's certificates, login first.
    private func certificates(_ code: String) throws -> [String] {
        let lines = try desk.done("certificate", "show", code).split(separator: "\n")
        #expect(lines.contains { $0.contains("key origin attested") }, "\(lines)")
        return try ["authentication", "signature"].map { purpose in
            let line = lines.first { $0.contains("  \(purpose)  ") }
            return try #require(line?.split(separator: " ").first.map(String.init), "\(lines)")
        }
    }

    private func moment(_ date: Date) -> String {
        ISO8601DateFormatter().string(from: date)
    }

    /// "Was it valid then?" said by the authority, verified with the roots alone, and by openssl.
    private func answerForThePast(_ serial: String, since begun: Date) throws {
        try desk.refused(
            "certificate-authority.moment-too-recent", "certificate", "valid-at", serial, moment(.now), status: 75)
        let before = try desk.done("certificate", "valid-at", serial, moment(begun.addingTimeInterval(-60)))
        #expect(before.contains("not yet issued") || before.contains("not-yet-issued"), "\(before)")
        try desk.refused(
            "command.too-few-officers", "audit", "export", path("trail"))
        try desk.done(["audit", "export", path("trail")] + approver, secrets: [second])
        let roots = path("trail") + "/anchors.pem"

        let folder = path("answer")
        // A bounded wait for the moment to be ten seconds old.
        let now = Date.now
        var answered = try desk.yzt(["certificate", "valid-at", serial, moment(now), "--out", folder])
        for _ in 0..<60 where answered.status == 75 {
            poll(nil, 0, 500)
            answered = try desk.yzt(["certificate", "valid-at", serial, moment(now), "--out", folder])
        }
        try #require(answered.status == 0, "\(answered.output)")
        #expect(answered.output.contains("good"), "\(answered.output)")
        try desk.refused(
            "certificate-authority.archive-exists", "certificate", "valid-at", serial, moment(begun), "--out", folder)
        let file = folder + "/answer.yzt.json"
        func verify(_ file: String, _ roots: String) throws -> Shell.Outcome {
            try Shell.run([Shell.programs + "/yzt", "certificate", "verify-answer", file, "--anchor", roots])
        }
        let holds = try verify(file, roots)
        #expect(holds.succeeded && holds.output.contains("signed at"), "\(holds.output)")
        let bent = try String(contentsOfFile: file, encoding: .utf8).replacing("\"body\":\"e", with: "\"body\":\"f")
        try bent.write(toFile: path("bent.json"), atomically: true, encoding: .utf8)
        #expect(try verify(path("bent.json"), roots).status == 1)
        let stranger = try Shell.run([
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            path("stranger.key"), "-subj", "/CN=stranger", "-out", path("stranger.pem"),
        ])
        try #require(stranger.succeeded)
        #expect(try verify(file, path("stranger.pem")).status == 1)
        #expect(try verify(file, path("answer") + "/signer.pem").output.contains("[command.no-anchor]"))
        let signed = try Shell.run([
            "sh", "-ec",
            """
            cd "$1"; openssl x509 -in signer.pem -noout -pubkey >signer.pub
            openssl dgst -sha256 -verify signer.pub -signature answer.sig answer.json
            """, "sh", folder,
        ])
        #expect(signed.output.contains("Verified OK"), "\(signed.output)")
    }

    private func recheck() throws {
        let all = try desk.done("certificate", "recheck")
        #expect(all.firstMatch(of: /judged [1-9][0-9]*, found [0-9]+/) != nil, "\(all)")
        let none = try desk.done("certificate", "recheck", "--since", "2099-01-01", "--json")
        #expect(none.contains("judged 0, found 0"), "\(none)")
    }

    /// What the auditor exports: the folder.
    private func archive(_ serials: [String]) throws -> String {
        let folder = path("archive")
        let scope = ["archive", "export", folder] + serials.flatMap { ["--serial", $0] }
        try desk.refused("command.too-few-officers", scope)
        try desk.refused("officers.wrong-role", scope + requester, secrets: [first])
        try desk.refused("agent-protocol.wrong-pin", scope + approver, secrets: ["602835"])
        let made = try desk.done(scope + approver, secrets: [second])
        #expect(made.contains("certificates in "), "\(made)")
        let summed = try Shell.run(["env", "-C", folder, "sha256sum", "--check", "--quiet", "SHA256SUMS"])
        #expect(summed.succeeded, "\(summed.output)")
        return folder
    }

    /// A delivery was bad: counted first, then revoked on two officers' order for exactly what was counted.
    private func revokeTheBatch(_ codes: [String], spared: String) throws {
        let words = [
            "certificate", "revoke-many", "--batch", "B-1", "--reason", "defective batch", "--because", "keyCompromise",
        ]
        let counted = try desk.done(words + ["--list", path("list.txt")])
        #expect(counted.contains("2 张证书") && counted.contains("dry run"), "\(counted)")
        let list = try Data(contentsOf: URL(filePath: path("list.txt")))
        #expect(String(decoding: list, as: UTF8.self).split(separator: "\n").count == 2)
        let hash = try #require(counted.firstMatch(of: /SHA-256 ([0-9a-f]{64})/)?.1)
        try desk.refused("command.too-few-officers", words + requester)
        try desk.refused(
            "certificate-authority.selection-changed",
            words + ["--expect", String(repeating: "0", count: 64)] + desk.both)
        let done = try desk.done(words + ["--expect", String(hash)] + desk.both, secrets: pins)
        #expect(done.contains("revoked 2"), "\(done)")
        // Nothing was left half done.
        #expect(try desk.done("certificate", "revoke-resume").isEmpty)
        let ended = try desk.done("certificate", "show", codes[0])
        #expect(ended.matches(of: #/ revoked /#).count == 2, "\(ended)")
        #expect(try desk.done("certificate", "show", spared).matches(of: #/ active /#).count == 2)
        try desk.refused("certificate-authority.nothing-selected", words)
        let published = try desk.done("certificate", "publish-lists")
        #expect(published.firstMatch(of: /lists made: [1-9]/) != nil, "\(published)")
        #expect(try desk.done("reconcile").contains("nothing differs"))
    }

    /// Another authority, with other officers, takes the archive over and answers for what it never issued.
    private func succeed(_ archive: String, _ serial: String) throws {
        let roots = path("trail") + "/anchors.pem"
        desk.authority = "successor"
        try found()
        let order = ["archive", "import", archive, "--anchor", roots]
        try desk.refused("command.too-few-officers", order + requester)
        try desk.refused("command.one-reader-twice", order + requester + requester)
        try desk.refused(
            "command.no-anchor", ["archive", "import", archive, "--anchor", path("answer") + "/signer.pem"] + desk.both)
        let taken = try desk.done(order + desk.both, secrets: pins)
        #expect(taken.contains("records taken over"), "\(taken)")
        let shown = try desk.done("archive", "show", serial)
        #expect(shown.contains("keys") && shown.contains("orders"), "\(shown)")
        let out = path("records")
        try desk.refused("command.too-few-officers", "archive", "show", serial, "--out", out)
        try desk.refused(
            "officers.wrong-role", ["archive", "show", serial, "--out", out] + requester, secrets: [first])
        try desk.done(["archive", "show", serial, "--out", out] + approver, secrets: [second])
        #expect(!(try FileManager.default.contentsOfDirectory(atPath: out)).isEmpty)
        let answered = try desk.done(
            "certificate", "valid-at", serial, moment(Date.now.addingTimeInterval(-12)))
        #expect(answered.contains(serial), "\(answered)")
        try desk.done("doctor")
    }
}
