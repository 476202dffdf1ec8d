import Foundation
import Testing

@testable import yzt

/// The README's table of commands and the program know the same commands; each is gone through by some journey.
@Suite struct CommandCoverageTests {
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// Called by `Tools/run` alone, which the README begins with.
    static let ofEvaluation: Set<String> = ["life"]

    private var tabled: Set<String> {
        get throws {
            let text = try String(contentsOf: Self.root.appending(path: "README.md"), encoding: .utf8)
            var commands: Set<String> = []
            for row in text.matches(of: /(?m)^\| `yzt ([^`]+)` \|/) where !row.1.hasPrefix("-") {
                let groups = row.1.split(separator: "\\|").map { $0.split(separator: " ").map(String.init) }
                guard let first = groups.first else { continue }
                commands.insert(first.joined(separator: " "))
                for group in groups.dropFirst() { commands.insert((first.prefix(1) + group).joined(separator: " ")) }
            }
            return commands
        }
    }

    @Test func theTableHasEveryCommandAndNoOther() throws {
        let declared = Set(CommandTree.leaves.map(\.words)).subtracting(Self.ofEvaluation)
        #expect(try declared.subtracting(tabled).sorted() == [], "not in the README's table")
        #expect(try tabled.subtracting(declared).sorted() == [], "in the README's table alone")
    }

    /// What runs the shipped program, file by file: journeys, and the life that one of them runs.
    private var journeys: [String] {
        get throws {
            try ["Tests/Journeys", "Sources/yzt/Life"].flatMap { folder in
                try FileManager.default.contentsOfDirectory(
                    at: Self.root.appending(path: folder), includingPropertiesForKeys: nil
                ).filter { $0.pathExtension == "swift" }
            }.map { try String(contentsOf: $0, encoding: .utf8).replacing(/\s+/, with: " ") }
        }
    }

    /// Commands that rooms' tests go through and no journey does yet. One that gets its journey leaves this list.
    static let awaited: Set<String> = []

    /// Its words stand one after another, as they are given to a process; or the first of them where a journey brings
    /// the chapter's word by itself.
    @Test func everyCommandIsPartOfAJourney() throws {
        let files = try journeys
        let without = CommandTree.leaves.filter { command in
            let words = command.path.map { "\"\($0)\"" }
            return !Self.ofEvaluation.contains(command.words)
                && !files.contains { text in
                    text.contains(words.joined(separator: ", "))
                        || words.count == 2 && text.contains("[" + words[1]) && text.contains(words[0])
                }
        }
        #expect(Set(without.map(\.words)) == Self.awaited, "no journey goes through these")
    }
}
