import Foundation
import Testing

/// A ceremony by people at a terminal: the leader and each witness type what is shown, custodians their passphrases.
/// What is answered wrongly or broken off is not signed, and the same command goes on.
@Suite(.serialized) final class AttendedCeremonyJourney {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "yzt-attended-\(UUID().uuidString.prefix(8))").path
    private let people = ["陈建国", "周婷", "孙强"]

    private var ceremony: String { folder + "/ceremony" }
    private var script: String { folder + "/script.yaml" }
    private func passphrase(_ custodian: String) -> String { "the passphrase of \(custodian)" }

    @Test func whatIsAnsweredWronglyOrBrokenOffIsNotSigned() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let sample = try String(
            contentsOf: Shell.root.appending(path: "Documentation/ceremony-script.yaml"), encoding: .utf8)
        try sample.replacing("family: sm2", with: "family: p256").replacing(
            "evaluation: false", with: "evaluation: true"
        )
        .replacing(/\/media\/([a-z]+)\/sm2-root-1.share/) { "shares/\($0.1).share" }
        .write(toFile: script, atomically: true, encoding: .utf8)
        try aWitnessReadsOtherDigits()
        try theLeaderBreaksOff()
        try aCustodianBreaksOff()
        try theRootIsMade()
        try anIssuingAuthority()
    }

    private func open(_ arguments: [String]) throws -> PersonAtTerminal {
        try PersonAtTerminal(
            [Shell.programs + "/yzt", "ceremony"] + arguments + [
                "--script", script, "--root", Shell.root.path, "--folder", ceremony, "--pin-entry", "terminal",
            ])
    }

    /// Somebody is asked for digits, which are shown at the end of the question.
    private let question = /ask +(\S+): [^\n]*: ([0-9a-f]{8})\n(\S+)> $/
    private let passphrasePrompt =
        /\n\S+: (?:a new passphrase for your share|the same passphrase again|your passphrase): $/

    /// Answers questions as they are shown, until one is put to a person for the `ordinal`-th time: its digits.
    private func answer(
        _ terminal: PersonAtTerminal, until person: String? = nil, ordinal: Int = 0
    ) throws -> String? {
        var asked = 0
        while try terminal.wait(for: /(?:[0-9a-f]{8}\n\S+> |passphrase[a-z ]*: )$/) {
            guard let match = terminal.fresh.firstMatch(of: question) else { return nil }
            #expect(match.1 == match.3)
            if String(match.1) == person {
                asked += 1
                if asked == ordinal { return String(match.2) }
            }
            terminal.type(String(match.2))
        }
        return nil
    }

    /// What the root's keys ever signed, by the journals that are written before.
    private var signed: Int {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: ceremony)) ?? []
        return names.filter { $0.hasSuffix(".signed") }.reduce(0) { count, name in
            let text = (try? String(contentsOfFile: ceremony + "/" + name, encoding: .utf8)) ?? ""
            return count + text.split(separator: "\n").count { !$0.hasPrefix("YZT-SIGNED") }
        }
    }

    private func isThere(_ name: String) -> Bool { FileManager.default.fileExists(atPath: ceremony + "/" + name) }

    private func aWitnessReadsOtherDigits() throws {
        let terminal = try open(["root"])
        // The second thing that the first witness is asked about is the root's certificate.
        let digits = try #require(try answer(terminal, until: people[1], ordinal: 2), "\(terminal.screen)")
        let wrong = String(digits.reversed()) == digits ? "00000001" : String(digits.reversed())
        for _ in 0..<3 {
            #expect(try terminal.wait(for: question))
            terminal.type(wrong)
        }
        #expect(try terminal.ending() == 1)
        #expect(terminal.screen.contains("[certificate-authority.ceremony-stopped]"), "\(terminal.screen)")
        #expect(terminal.screen.contains("stopped: the answer of 周婷 was another one"), "\(terminal.screen)")
        #expect(signed == 0 && !isThere("001-root") && !isThere("shares"))
    }

    private func theLeaderBreaksOff() throws {
        let terminal = try open(["root"])
        _ = try #require(try answer(terminal, until: people[0], ordinal: 2), "\(terminal.screen)")
        terminal.pressControlC()
        #expect(try terminal.ending() != 0)
        #expect(signed == 0 && !isThere("001-root") && !isThere("shares"))
    }

    /// While nothing is echoed: the terminal echoes again when the program has gone.
    private func aCustodianBreaksOff() throws {
        let terminal = try open(["root"])
        #expect(try answer(terminal) == nil)
        #expect(try terminal.wait(for: passphrasePrompt))
        #expect(!terminal.echoes)
        terminal.pressControlC()
        #expect(try terminal.ending() != 0)
        #expect(terminal.echoes)
        // Certificate and list of a key that has gone with its process.
        #expect(signed == 2 && !isThere("001-root") && !isThere("shares/zhang.share"))
    }

    private func theRootIsMade() throws {
        let terminal = try open(["root"])
        #expect(try answer(terminal) == nil)
        // Too short, then two that differ: each a slip of one custodian, who tries again.
        for slip in [["short"], ["the passphrase of 张三", "the passphrase of 李四"]] {
            for words in slip { try enter(words, at: terminal) }
        }
        for custodian in ["张三", "李四", "王五", "赵六", "钱七"] {
            for _ in 0..<2 { try enter(passphrase(custodian), at: terminal) }
        }
        #expect(try terminal.ending() == 0, "\(terminal.screen)")
        #expect(terminal.screen.contains("[certificate-authority.weak-passphrase]"), "\(terminal.screen)")
        #expect(terminal.screen.contains("the two entries differ"), "\(terminal.screen)")
        #expect(!terminal.screen.contains("the passphrase of ") && !terminal.screen.contains("short\n"))
        #expect(terminal.screen.contains("an earlier try stopped here"), "\(terminal.screen)")
        #expect(terminal.echoes && signed == 4 && isThere("001-root/p256-root-1.cer"))
    }

    /// One entry at whatever passphrase is asked for next.
    private func enter(_ words: String, at terminal: PersonAtTerminal) throws {
        #expect(try terminal.wait(for: passphrasePrompt), "\(terminal.screen)")
        #expect(!terminal.echoes)
        terminal.type(words)
    }

    private func anIssuingAuthority() throws {
        let request = folder + "/1.p10"
        let made = try Shell.run([
            Shell.programs + "/yzt", "ceremony", "request", "--evaluation", "--root", Shell.root.path, "--generation",
            "p256-entity-1", "--status-address", "http://status.example.cn", "--out", request, "--configuration",
            folder + "/state/configuration.yaml",
        ])
        try #require(made.succeeded, "\(made.output)")
        let shares = ["zhang", "wang", "qian"].flatMap { ["--share", "\(ceremony)/shares/\($0).share"] }
        let requested = ["issuing", "--generation", "p256-entity-1", "--request", request] + shares

        // Broken off where the leader is asked about the issuing certificate.
        var terminal = try open(requested)
        #expect(try answer(terminal) == nil)
        for words in [passphrase("张三"), "the passphrase of nobody", passphrase("王五"), passphrase("钱七")] {
            try enter(words, at: terminal)
        }
        #expect(try terminal.wait(for: question), "\(terminal.screen)")
        #expect(terminal.screen.contains("the passphrase of 王五 was another one"), "\(terminal.screen)")
        terminal.pressControlC()
        #expect(try terminal.ending() != 0)
        #expect(signed == 4 && !isThere("002-issuing-p256-entity-1"))

        terminal = try open(requested)
        #expect(try answer(terminal) == nil)
        for custodian in ["张三", "王五", "钱七"] { try enter(passphrase(custodian), at: terminal) }
        #expect(try answer(terminal) == nil)
        #expect(try terminal.ending() == 0, "\(terminal.screen)")
        #expect(signed == 5 && isThere("002-issuing-p256-entity-1/p256-entity-1.cer"))
        let verified = try Shell.run([Shell.programs + "/yzt", "ceremony", "transcript", "verify", ceremony])
        #expect(verified.succeeded && verified.output.contains("002-issuing-p256-entity-1"), "\(verified.output)")
        let read = try Shell.run([
            "openssl", "dgst", "-sha256", "-verify", ceremony + "/001-root/p256-root-1.pub.pem", "-signature",
            ceremony + "/002-issuing-p256-entity-1/transcript.sig",
            ceremony + "/002-issuing-p256-entity-1/transcript.txt",
        ])
        #expect(read.output.contains("Verified OK"), "\(read.output)")
    }
}
