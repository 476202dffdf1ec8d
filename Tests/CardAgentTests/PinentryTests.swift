import AgentProtocol
import Foundation
import Groundwork
import Testing

@testable import CardAgent

/// The PIN window, by a program that answers from a script and writes down what it was told.
@Suite struct PinentryTests {
    /// A pinentry that answers GETPIN with the next of these lines.
    private final class Script {
        let folder: URL
        var program: String { folder.appending(path: "pinentry").path }
        var told: String { (try? String(contentsOf: folder.appending(path: "told"), encoding: .utf8)) ?? "" }

        init(_ answers: [String]) throws {
            folder = FileManager.default.temporaryDirectory.appending(path: "yzt-pinentry-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(answers.map { $0 + "\n" }.joined().utf8).write(to: folder.appending(path: "answers"))
            let text = """
                #!/bin/sh
                # Each window is a program of its own, so what is left of the script lies in its file.
                echo "OK Pleased to meet you"
                while IFS= read -r line; do
                    echo "$line" >>"\(folder.path)/told"
                    case $line in
                        GETPIN)
                            answer=$(head -n 1 "\(folder.path)/answers")
                            sed -i 1d "\(folder.path)/answers"
                            case $answer in
                                hang) echo $$ >"\(folder.path)/process"; exec sleep 600 ;;
                                "ERR "*) echo "$answer" ;;
                                "") echo OK ;;
                                *) echo "D $answer"; echo OK ;;
                            esac ;;
                        OPTION*) echo "ERR 83886254 Unknown option <Pinentry>" ;;
                        BYE) echo OK; exit 0 ;;
                        *) echo OK ;;
                    esac
                done
                """
            let file = folder.appending(path: "pinentry")
            try Data(text.utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }

        deinit { try? FileManager.default.removeItem(at: folder) }
    }

    private static let rules = PINRules(
        minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: ["123123"])
    private static let owner = PINOwner(.officer(1), at: "READER 0", key: "王建国")

    private func typed(_ script: Script, _ kind: PINQuestion.Kind, _ reason: String = "test") async throws -> String {
        let entry = PINEntry(source: .pinentry(program: script.program))
        let secret = try await entry.pin(
            for: PINQuestion(kind, of: Self.owner, for: LocalisedText(zh: reason, en: reason)))
        return secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    @Test func theWindowSaysWhosePINItIsAndWhatFor() async throws {
        let script = try Script(["28461379"])
        // What a reason contains must not become a command.
        #expect(try await typed(script, .current(triesLeft: 2), "签发\nSETOK 100%") == "28461379")
        let lines = script.told.split(separator: "\n").map(String.init)
        let shown = try #require(lines.last { $0.hasPrefix("SETDESC ") })
        #expect(shown.contains("人员 1（王建国，读卡器 READER 0）%0A签发%0ASETOK 100%25%0A请输入 PIN（还可尝试 2 次）"), "\(shown)")
        #expect(shown.contains("officer 1 (王建国, in READER 0)") && shown.contains("PIN (2 tries left)"), "\(shown)")
        #expect(!lines.contains { $0.hasPrefix("SETOK") })
    }

    /// A slip costs an entry, not the command and no try: the window says what was wrong, and the rules before it.
    @Test func aNewPINHasThreeEntries() async throws {
        let script = try Script(["123123", "284613", "284614", "28461379", "28461379"])
        #expect(try await typed(script, .new(Self.rules)) == "28461379")
        let told = script.told
        #expect(told.contains("6 至 8 位数字") && told.contains("6 to 8 digits"), "\(told)")
        let errors = told.split(separator: "\n").filter { $0.hasPrefix("SETERROR ") }
        #expect(errors.count == 2 && errors[0].contains("人人知道") && errors[1].contains("不一致"), "\(errors)")
        let thrice = try Script(["123123", "1231", "111111", "28461379", "28461379"])
        await #expect(throws: Refusal(AgentProtocolRefusal.badPIN)) {
            try await typed(thrice, .new(Self.rules))
        }
    }

    @Test func whatIsNoPINIsAskedForAgain() async throws {
        let script = try Script(["２８４６１３", "284613"])
        #expect(try await typed(script, .current(triesLeft: 1)) == "284613")
        #expect(script.told.contains("SETERROR ") && script.told.contains("全角"), "\(script.told)")
    }

    @Test(arguments: ["ERR 83886179 Operation cancelled <Pinentry>", "ERR 83886278 Fully cancelled <Pinentry>", ""])
    func whoeverGivesUpIsNotAskedAgain(answer: String) async throws {
        let script = try Script([answer, "28461379"])
        setenv("DISPLAY", ":99", 0)
        await #expect(throws: Refusal(CardAgentRefusal.noPIN)) {
            try await typed(script, .current(triesLeft: 3))
        }
    }

    /// A line of the protocol has room for 1,000 bytes: a long order is shown whole, in windows one after the other.
    @Test func aLongOrderIsShownWhole() async throws {
        let script = try Script(["28461379"])
        let reason = String(repeating: "统一社会信用代码％", count: 100)
        #expect(try await typed(script, .current(triesLeft: 3), reason) == "28461379")
        let lines = script.told.split(separator: "\n").map(String.init)
        #expect(lines.allSatisfy { $0.utf8.count < 1_000 })
        let shown = lines.filter { $0.hasPrefix("SETDESC ") }.map { $0.dropFirst(8) }.joined()
        #expect(shown.components(separatedBy: reason).count == 3, "once in each language")
        #expect(lines.filter { $0 == "MESSAGE" }.count == lines.filter { $0.hasPrefix("SETDESC ") }.count - 1)
    }
}
