import Foundation
import Testing

@testable import yzt

/// What the shipped program refuses before any key is touched, and with which status it ends.
@Suite final class RefusalTests {
    /// An authority without officers, made once.
    private static let made = Result { try EvaluationAuthority() }
    let authority: EvaluationAuthority

    init() throws { authority = try Self.made.get() }

    static let code = "91310000YY20NEF479"
    static let serial = "0123456789abcdef0123456789abcdef"
    static let two = ["--officer", "R 0", "--officer", "R 1"]

    /// Orders of two officers, by the words before the readers.
    static let ordersOfTwo: [[String]] = [
        ["registry", "override", "91310000MA1FL0000X", "--reason", "seen"], ["escrow", "rewrap"],
        ["audit", "forget", "officer_1", "--out", "FOLDER/receipt", "--reason", "asked"],
        [
            "certificate", "issue", "--profile", "tls-server", "--request", "FOLDER/server.csr", "--organization",
            "上海市某某局", "--server-name", "api.example.gov", "--reason", "x",
        ],
        ["certificate", "rekey-service", "--role", "ocspResponder", "--reason", "x"],
    ]
    /// Of one.
    static let ordersOfOne: [[String]] = [
        ["registry", "import", "FOLDER/registry.csv"], ["audit", "export", "FOLDER/trail"], ["audit", "countersign"],
        ["audit", "open", "officer_1", "--out", "FOLDER/opened", "--reason", "asked"],
        ["archive", "export", "FOLDER/archive", "--all"], ["clock", "trust", "--reason", "compared"],
        ["officer", "login"],
        ["application", "register", "tax", "--name", "税务", "--department", "税务", "--origin", "https://a.example.cn"],
    ]

    @Test(arguments: ordersOfTwo)
    func whatTakesTwoOfficersTakesTwo(words: [String]) throws {
        for readers in [[], ["--officer", "R 0"]] {
            try authority.expect("command.too-few-officers", words + readers)
        }
        try authority.expect("command.one-reader-twice", words + ["--officer", "R 0", "--officer", "R 0"])
        try authority.expect("command.too-many-officers", words + Self.two + ["--officer", "R 2"])
    }

    @Test(arguments: ordersOfOne)
    func whatTakesOneOfficerTakesOne(words: [String]) throws {
        try authority.expect("command.too-few-officers", words)
        try authority.expect("command.too-many-officers", words + Self.two)
    }

    @Test(arguments: (ordersOfTwo + ordersOfOne).filter { $0.contains("--reason") })
    func anOrderSaysWhy(words: [String]) throws {
        let place = try #require(words.firstIndex(of: "--reason"))
        var words = words
        words[place + 1] = " \t"
        let readers = Self.ordersOfOne.contains { $0.starts(with: words.prefix(2)) } ? ["--officer", "R 0"] : Self.two
        try authority.expect("command.no-reason", words + readers)
    }

    @Test(
        arguments: [
            (["certificate", "show", serial], "certificate-authority.unknown-certificate"),
            (["certificate", "show", "not-hexadecimal"], "legal-entities.code-length"),
            (["certificate", "show", code], "command.no-certificates"),
            (["certificate", "suspend", serial, "--reason", "x"] + two, "certificate-authority.unknown-certificate"),
            (["certificate", "resume", serial, "--reason", "x"] + two, "certificate-authority.unknown-certificate"),
            (["certificate", "revoke", serial, "--reason", "x"] + two, "certificate-authority.unknown-certificate"),
            (
                ["certificate", "revise-reason", serial, "--reason", "x"] + two,
                "certificate-authority.unknown-certificate"
            ),
            (["certificate", "lint", "FOLDER/none.cer"], "command.unreadable-file"),
            (["certificate", "lint", "FOLDER/registry.csv"], "command.neither-form"),
            (["certificate", "revoke-many", "--file", "FOLDER/none", "--reason", "x"], "command.unreadable-file"),
            (["registry", "show", code], "legal-entities.not-in-registry"),
            (["registry", "import", "FOLDER/none.csv", "--officer", "R 0"], "command.unreadable-file"),
            (["seal", "show", "seal_" + serial], "electronic-seals.seal-unknown"),
            (["seal", "export", "FOLDER/registry.csv", "FOLDER/out"], "portable-documents.not-pdf"),
            (["login", "evidence", "login_" + serial, "--out", "FOLDER/e.json"], "authentication.evidence-unknown"),
            (["login", "evidence", "login_" + serial, "--out", "FOLDER/none/e.json"], "command.unwritable-file"),
            (["login", "verify", "FOLDER/registry.csv", "--anchor", "FOLDER/registry.csv"], "command.no-anchor"),
            (["archive", "verify", "FOLDER/none", "--anchor", "FOLDER/none"], "command.unreadable-file"),
            (["archive", "show", serial], "certificate-authority.unknown-certificate"),
            (["audit", "prove", "0", "--out", "FOLDER/none/e.proof"], "command.unwritable-file"),
            (["audit", "verify", "FOLDER/none"], "command.unreadable-file"),
            (["policy", "apply", "--root", "FOLDER"] + two, "command.no-definition"),
            (
                ["init", "--evaluation", "--algorithm", "p256", "--configuration", "FOLDER/state/configuration.yaml"],
                "certificate-authority.already-initialised"
            ),
            (["init", "--configuration", "FOLDER/none.yaml"], "command.not-initialised"),
            (
                ["application", "register", "X", "--name", "a", "--department", "b", "--origin", "https://a.cn"],
                "authentication.malformed-client"
            ),
            (
                ["application", "register", "tax", "--name", "a", "--department", "b", "--origin", "http://a.cn"],
                "authentication.malformed-origin"
            ),
            (
                ["officer", "enrol", "--key", "R", "--name", "a", "--second-key", "R", "--second-name", "b"],
                "command.one-reader-twice"
            ),
        ] as [([String], String)])
    func whatCannotBeIsSaid(words: [String], code: String) throws { try authority.expect(code, words) }

    /// Without a reader service nothing is lost by trying again.
    @Test(arguments: [
        ["key", "status"], ["key", "stock-in", "--reader", "R 2", "--officer", "R 0"],
        ["key", "recover", "--reader", "R 2"], ["reconcile", "--reader", "R 2"],
        ["officer", "enrol", "--key", "R 0", "--name", "a", "--second-key", "R 1", "--second-name", "b"],
    ])
    func whereThereIsNoReaderServiceItIsNamed(words: [String]) throws {
        try authority.expect("smart-cards.service-unavailable", words, status: 75)
    }

    /// A configuration that is not there, or is none, is said by each command that needs one; no file is made.
    @Test(arguments: CommandTree.leaves.filter { UsageTests.alone.contains($0.words) && $0.words != "init" })
    func withoutAConfigurationNothingBegins(command: CommandTree.Command) throws {
        let folder = authority.folder + "/nothing-" + command.path.joined(separator: "-")
        let outcome = try ShippedProgram.run(command.path, environment: ["YZT_CONFIGURATION": folder + "/c.yaml"])
        #expect(outcome.status == 1 && outcome.text.contains("command.not-initialised"), "\(outcome.text)")
        #expect(!FileManager.default.fileExists(atPath: folder))
    }
}

/// `yzt init --evaluation` in a folder of its own, by the shipped program.
struct EvaluationAuthority {
    let folder: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "yzt-tests-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let root = CommandCoverageTests.root.path
        let made = try run([
            "init", "--evaluation", "--algorithm", "p256", "--root", root, "--configuration",
            folder + "/state/configuration.yaml",
        ])
        try #require(made.status == 0, "\(made.text)")
        try "uscc,name,type,division,legal_representative,status\n".write(
            toFile: folder + "/registry.csv", atomically: true, encoding: .utf8)
        let request = Foundation.Process()
        request.executableURL = URL(filePath: "/usr/bin/env")
        request.arguments = [
            "openssl", "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
            folder + "/server.key", "-subj", "/CN=api.example.gov", "-out", folder + "/server.csr",
        ]
        request.standardError = FileHandle.nullDevice
        try request.run()
        request.waitUntilExit()
        try #require(request.terminationStatus == 0)
    }

    /// `FOLDER` in a word is the authority's folder.
    func run(_ words: [String]) throws -> ShippedProgram.Outcome {
        try ShippedProgram.run(
            words.map { $0.replacing("FOLDER", with: folder) },
            environment: ["YZT_CONFIGURATION": folder + "/state/configuration.yaml"])
    }

    /// Refused with this code, in both languages, and with a way on.
    func expect(_ code: String, _ words: [String], status: Int32 = 1) throws {
        let outcome = try run(words)
        #expect(outcome.status == status, "\(words)\n\(outcome.text)")
        let lines = outcome.text.split(separator: "\n")
        let place = lines.firstIndex { $0 == "拒绝 · refused [\(code)]" }
        guard let place, place + 2 < lines.count else {
            Issue.record("\(words): not \(code)\n\(outcome.text)")
            return
        }
        #expect(lines[place + 1].firstMatch(of: /^  .*\p{Han}.*。/) != nil, "\(outcome.text)")
        #expect(lines[place + 2].firstMatch(of: /^  .*[a-z].*\. [A-Z].*\.?$/) != nil, "\(outcome.text)")
    }
}
