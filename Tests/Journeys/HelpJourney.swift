import Foundation
import Testing

/// What `--help` shows can be copied: every line fits a terminal of 80 columns as it was written, and every example of
/// a command is one that it takes.
@Suite struct HelpJourney {
    /// Every command, as words after `yzt`.
    static func commands() throws -> [[String]] {
        struct Dump: Decodable {
            struct Command: Decodable {
                var commandName: String
                var subcommands: [Command]?

                func paths(_ before: [String]) -> [[String]] {
                    [before]
                        + (subcommands ?? []).filter { $0.commandName != "help" }
                        .flatMap { $0.paths(before + [$0.commandName]) }
                }
            }
            var command: Command
        }
        let dump = try Shell.run([Shell.programs + "/yzt", "--experimental-dump-help"])
        return try JSONDecoder().decode(Dump.self, from: Data(dump.output.utf8)).command.paths([])
    }

    private func help(_ command: [String]) throws -> String {
        let outcome = try Shell.run([Shell.programs + "/yzt"] + command + ["--help"])
        #expect(outcome.status == 0, "\(outcome.output)")
        return outcome.output.split(separator: "\nUSAGE:").first.map(String.init) ?? ""
    }

    /// Lines that are indented by four and more between empty lines.
    private func examples(_ text: String) -> [[String]] {
        text.split(separator: "\n\n").map { $0.split(separator: "\n").map(String.init) }
            .filter { $0.allSatisfy { $0.hasPrefix("    ") } }
    }

    /// Columns on a terminal: a Chinese character takes two.
    private func width(_ line: String) -> Int {
        line.unicodeScalars.reduce(0) { $0 + ((0x2E80...0xFFEF).contains($1.value) ? 2 : 1) }
    }

    @Test func examplesFitTheTerminalAndAreTaken() throws {
        let commands = try Self.commands()
        #expect(commands.count > 60)
        var count = 0
        for command in commands {
            for block in examples(try help(command)) {
                var whole = ""
                for line in block {
                    #expect(width(line) <= 80, "yzt \(command.joined(separator: " ")): \(line)")
                    // Where the parser broke a line, the second half begins with no program, and nothing leads to it.
                    let words = line.trimmingCharacters(in: .whitespaces)
                    #expect(
                        whole.hasSuffix("\\\n") || words.hasPrefix("yzt ") || words.hasPrefix("openssl "),
                        "yzt \(command.joined(separator: " ")): \(line)")
                    whole += words + "\n"
                    if words.hasSuffix("\\") { continue }
                    if whole.hasPrefix("yzt ") {
                        count += 1
                        try isTaken(whole)
                    }
                    whole = ""
                }
                #expect(whole.isEmpty, "yzt \(command.joined(separator: " ")): \(whole)")
            }
        }
        #expect(count > 40, "\(count) examples")
    }

    /// Run as it stands by a shell, where there is nothing: it is refused for that, not for how it is written.
    private func isTaken(_ example: String) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-help-\(UUID().uuidString.prefix(8))")
            .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // What each reader puts in for himself.
        let filled = example.replacing(/(\b|_)[0-9a-f]{4}…/) { "\($0.output.1)0123456789abcdef0123456789abcdef" }
        let outcome = try Shell.run(
            ["env", "-C", folder, "-u", "DISPLAY", "setsid", "--wait", "sh", "-c", filled],
            environment: [
                "HOME": folder, "XDG_STATE_HOME": folder, "PATH": Shell.programs + ":/usr/bin:/bin",
                "PCSCLITE_CSOCK_NAME": folder + "/none",
            ])
        #expect([0, 1].contains(outcome.status), "\(filled)\(outcome.output)")
        // It was yzt who spoke.
        #expect(!outcome.output.contains("用法错误") && !outcome.output.contains("not found"), "\(filled)\(outcome.output)")
    }

    @Test(arguments: [
        (["nonsense"], "多余的参数 'nonsense'", "yzt --help"),
        (["ceremony", "request"], "缺少参数 '--generation <generation>'", "yzt ceremony request --help"),
        (
            ["key", "enrol", "91310000YY20NEF479", "--reader", "R", "--offcer", "R"],
            "没有选项 '--offcer'，是否要用 '--officer'？",
            "yzt key enrol --help"
        ),
        (["doctor", "--configuration"], "'--configuration <configuration>' 缺少取值", "yzt doctor --help"),
        (["init", "--algorithm", "md5"], "'--algorithm <algorithm>' 的取值 'md5' 不正确", "yzt init --help"),
        (["archive", "export", "x"], "须且只须给出其中一个", "yzt archive export --help"),
        (["clock", "trust", "--hours", "0", "--reason", "x"], "--hours 须为 1 或以上", "yzt clock trust --help"),
    ])
    func aUsageErrorSaysWhatWasWrongInBothLanguages(_ arguments: [String], justification: String, next: String) throws {
        let outcome = try Shell.run([Shell.programs + "/yzt"] + arguments)
        #expect(outcome.status == 64, "\(outcome.output)")
        #expect(outcome.output.hasPrefix("用法错误 · usage error: \(justification)"), "\(outcome.output)")
        #expect(outcome.output.contains("下一步 · next: \(next)\n"), "\(outcome.output)")
    }

    @Test(arguments: [
        ("data: [x\n", "key", "groundwork.malformed-yaml", "  2:1: error: parser: "),
        (
            "data: x\nlisten:\n  status: 3\n", "key", "groundwork.malformed-yaml",
            "  listen.status (line 3, column 11): expected host:port"
        ),
        ("data: x\n", "lint", "command.neither-form", "  it begins with 646174613a20780a"),
    ])
    func aMistakeInAFileIsToldByItsPlace(text: String, command: String, code: String, justification: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "yzt-file-\(UUID().uuidString.prefix(8))")
            .path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        let outcome = try Shell.run(
            [Shell.programs + "/yzt"]
                + (command == "key"
                    ? ["key", "status", "--configuration", file] : ["certificate", "lint", "--kind", "list", file]))
        #expect(outcome.status == 1)
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.first == "拒绝 · refused [\(code)]", "\(outcome.output)")
        #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("  ") }, "\(outcome.output)")
        #expect(lines.contains { $0.hasPrefix(justification) }, "\(outcome.output)")
        #expect(
            !outcome.output.contains("DecodingError") && !outcome.output.contains("malformed("), "\(outcome.output)")
    }

    @Test func theVersionNamesProgramLibraryAndSchema() throws {
        let outcome = try Shell.run([Shell.programs + "/yzt", "--version"])
        #expect(outcome.status == 0)
        let library = try Shell.run(["openssl", "version"]).output.split(separator: " ").prefix(2).joined(
            separator: " ")
        let lines = outcome.output.split(separator: "\n").map(String.init)
        try #require(lines.count == 3, "\(outcome.output)")
        #expect(lines[0].wholeMatch(of: /yzt \d+\.\d+\.\d+/) != nil, "\(outcome.output)")
        #expect(lines[1].hasPrefix(library), "\(outcome.output)")
        // What this program brings an empty store to.
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "yzt-version-\(UUID().uuidString.prefix(8))"
        )
        .path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let made = try Shell.run([
            Shell.programs + "/yzt", "ceremony", "request", "--evaluation", "--generation", "p256-entity-1", "--out",
            folder + "/1.p10", "--configuration", folder + "/configuration.yaml",
        ])
        try #require(made.succeeded, "\(made.output)")
        let script =
            "import sqlite3,sys;print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM schema_migration')"
            + ".fetchone()[0])"
        let count = try Shell.run(["python3", "-c", script, folder + "/data/database.sqlite"])
        #expect(lines[2] == "schema " + count.output.filter(\.isNumber), "\(outcome.output)\(count.output)")
    }

    /// What a refusal tells people to run exists: every `yzt …` in a file that says what to do next, in both languages.
    @Test func whatRefusalsNameIsACommand() throws {
        let commands = try Self.commands()
        let groups = Set(commands.filter { $0.count > 1 }.map { $0[0] })
        var named = 0
        for file in try Self.refusalFiles() {
            for match in file.text.matches(of: /yzt ([a-z][a-z-]*)(?: ([a-z][a-z-]*))?/) {
                let words = [String(match.1)] + (match.2.map { [String($0)] } ?? [])
                named += 1
                let isCommand =
                    commands.contains(words)
                    // The word after a whole command belongs to the sentence.
                    || !groups.contains(words[0]) && commands.contains([words[0]])
                #expect(isCommand, "\(file.name): yzt \(words.joined(separator: " "))")
            }
        }
        #expect(named > 40)
    }

    /// The sources that hold refusals' sentences, without their comments.
    private static func refusalFiles() throws -> [(name: String, text: String)] {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        var files: [(name: String, text: String)] = []
        guard let walk = FileManager.default.enumerator(at: sources, includingPropertiesForKeys: nil) else { return [] }
        for case let url as URL in walk where url.pathExtension == "swift" {
            let text = try String(contentsOf: url, encoding: .utf8)
            guard text.contains("RefusalReason {") else { continue }
            var code = ""
            for line in text.split(separator: "\n") where !line.contains("//") { code += line + "\n" }
            files.append((url.lastPathComponent, code))
        }
        return files
    }
}
