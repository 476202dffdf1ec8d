import ArgumentParser
import Testing

@testable import yzt

/// Every command of the program, as it is declared.
enum CommandTree {
    struct Command: CustomTestStringConvertible, Sendable {
        /// The words after `yzt`.
        var path: [String]
        var type: any ParsableCommand.Type

        var isLeaf: Bool { type.configuration.subcommands.isEmpty }
        var words: String { path.joined(separator: " ") }
        var testDescription: String { path.isEmpty ? "yzt" : words }

        /// The lines of examples in its discussion, each with its continuations joined: shell words after `yzt`.
        var examples: [[String]] {
            let joined = type.configuration.discussion.replacing(/\\\n\s*/, with: " ")
            return joined.split(separator: "\n").filter { $0.hasPrefix("    yzt ") }.map { line in
                ShellWords.split(String(line)).dropFirst().map(filled)
            }
        }

        /// What each reader puts in for himself: `3f0a…` is a number, `seal_0193…` an identifier.
        private func filled(_ word: String) -> String {
            word.replacing(/(^|_)[0-9a-f]{4}…/) { $0.output.1 + "0123456789abcdef0123456789abcdef" }
        }
    }

    static let all: [Command] = commands(YZT.self, [])
    static let leaves = all.filter(\.isLeaf)

    private static func commands(_ type: any ParsableCommand.Type, _ path: [String]) -> [Command] {
        [Command(path: path, type: type)]
            + type.configuration.subcommands.flatMap { commands($0, path + [$0._commandName]) }
    }
}

/// A line as a POSIX shell splits it: double quotes, a remark, a redirection at the end.
enum ShellWords {
    static func split(_ line: String) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        for character in line {
            switch character {
            case "\"":
                isQuoted.toggle()
                word = word ?? ""
            case " " where !isQuoted:
                if let whole = word { words.append(whole) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if let whole = word { words.append(whole) }
        return Array(words.prefix { $0 != "#" && $0 != ">" })
    }
}
