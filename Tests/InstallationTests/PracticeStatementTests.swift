import CertificateProfiles
import Foundation
import Groundwork
import Testing

@testable import AuthorityFixtures

/// What `Policies/CP-CPS.md` says is what the rules, the policies and the tests are.
@Suite struct PracticeStatementTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private let lines: [Substring]
    /// Without code, on one line: notations can stand across two.
    private let text: String

    init() throws {
        let whole = try String(contentsOf: Self.root.appending(path: "Policies/CP-CPS.md"), encoding: .utf8)
        lines = whole.split(separator: "\n", omittingEmptySubsequences: false)
        text = whole.replacing(#/`[^`]*`/#, with: "code").replacing(#/\s+/#, with: " ")
    }

    private func notations(_ kind: String) -> [String] {
        text.matches(of: #/\[([a-z]+): ([^\]]+)\]/#).filter { $0.output.1 == kind }.map { String($0.output.2) }
    }

    /// How many numbered parts each section of RFC 3647, 6, has.
    private static let outline: [[Int]] = [
        [0, 0, 5, 2, 4, 0], [0, 0, 0, 0], [6, 6, 2, 0], [2, 3, 2, 3, 2, 7, 7, 7, 16, 3, 0, 2],
        [8, 4, 8, 8, 7, 0, 4, 0], [7, 11, 2, 3, 2, 3, 0, 0], [9, 2, 2], [0, 0, 0, 0, 0, 0],
        [5, 3, 3, 7, 0, 5, 0, 0, 0, 3, 0, 3, 0, 0, 0, 5, 0],
    ]

    @Test func `It follows the outline of RFC 3647, nothing left out, each part with a sentence`() {
        var expected: [String] = []
        for (chapter, sections) in Self.outline.enumerated() {
            expected.append("\(chapter + 1)")
            for (section, parts) in sections.enumerated() {
                expected.append("\(chapter + 1).\(section + 1)")
                expected += (0..<parts).map { "\(chapter + 1).\(section + 1).\($0 + 1)" }
            }
        }
        let found = lines.compactMap { line in
            (line.firstMatch(of: #/^##+ ([0-9]+(?:\.[0-9]+)?) /#)?.output.1
                ?? line.firstMatch(of: #/^\*\*([0-9]+\.[0-9]+\.[0-9]+) [^*]+\*\* \S/#)?.output.1).map(String.init)
        }
        #expect(found == expected)
    }

    @Test func `Every rule that it names exists, and every rule is named`() {
        let named = Set(notations("rule").flatMap { $0.split(separator: ", ").map(String.init) })
        let rules = Set(Linter.rules.map(\.id)).union([Linter.wellFormed])
        #expect(named.subtracting(rules) == [], "unknown rules")
        #expect(rules.subtracting(named) == [], "rules that no sentence names")
    }

    @Test func `Every must of chapter 7 names what holds it`() throws {
        let start = try #require(text.range(of: "## 7 ")?.lowerBound)
        let end = try #require(text.range(of: "## 8 ")?.lowerBound)
        let chapter = text[start..<end].replacing(#/\[(rule|policy|test): [^\]]+\]/#, with: "§")
        let sentences = chapter.split(separator: #/[.|] /#)
        #expect(sentences.count > 40)
        for sentence in sentences {
            for promise in sentence.split(separator: #/\bmust\b|\bshall\b/#, omittingEmptySubsequences: false)
                .dropFirst()
            {
                #expect(promise.contains("§"), "\(sentence)")
            }
        }
    }

    /// The sentences and rows of tables that say neither what holds them nor that nothing can.
    private static func unmarked(_ statement: String) -> [String] {
        var found: [String] = []
        let paragraphs = statement.split(separator: #/\n[ \t]*\n/#).map { String($0) }
        for paragraph in paragraphs where !paragraph.hasPrefix("#") {
            // A table has a head and a line of dashes.
            var blocks = [paragraph.replacing(#/^\*\*[0-9.]+ [^*]+\*\*/#, with: "").replacing(#/\s+/#, with: " ")]
            if paragraph.hasPrefix("|") {
                blocks = paragraph.split(separator: "\n").dropFirst(2).map { String($0) }
            }
            for block in blocks {
                // Code may hold anything; a dot ends a sentence where a new one begins.
                let masked = block.replacing(#/`[^`]*`/#, with: "`code`").replacing(
                    #/\. (?=[A-Z`\[*]|\p{Han})/#, with: ".\n")
                for sentence in masked.split(separator: "\n") where !sentence.allSatisfy(\.isWhitespace) {
                    if sentence.contains(#/\[(rule|policy|test): [^\]]+\]|\[(operator|text)\]/#) { continue }
                    found.append(String(sentence))
                }
            }
        }
        return found
    }

    @Test func `Every sentence names what holds it, or says that no machine can`() throws {
        let whole = lines.joined(separator: "\n")
        let start = try #require(whole.range(of: "## 1 ")?.lowerBound)
        #expect(Self.unmarked(String(whole[start...])) == [])
        #expect(notations("test").count > 100)
        // It finds one that says nothing, wherever it stands.
        let bad = """
            ## 1 A chapter

            **1.1.1 A part.** Held [rule: version-three]. Nothing holds
            this. `code. Code` does [operator]. 无人负责。 Last one [text].

            | a | b |
            | --- | --- |
            | held [text] | x |
            | not held | y |
            """
        #expect(Self.unmarked(bad) == ["Nothing holds this.", "| not held | y |"])
    }

    @Test func `Every number that it names is the policies' own`() throws {
        let notations = notations("policy")
        #expect(notations.count > 10)
        for notation in notations {
            let parts = try #require(notation.wholeMatch(of: #/(\S+) (\S+) = (.+)/#), "\(notation)").output
            let file = Self.root.appending(path: "Policies/\(parts.1)")
            let found = Self.value(of: String(parts.2), in: try String(contentsOf: file, encoding: .utf8))
            #expect(found.map { $0.trimmingPrefix("[").prefix { $0 != "]" } } == parts.3, "\(notation)")
        }
    }

    /// A scalar of a YAML file: mappings by two spaces more each, or in braces on one line.
    private static func value(of path: String, in yaml: String) -> String? {
        let names = path.split(separator: ".").map(String.init)
        var open: [String] = []
        for line in yaml.split(separator: "\n") {
            let text = line.drop { $0 == " " }
            guard !text.isEmpty, !text.hasPrefix("#"), let colon = text.firstIndex(of: ":") else { continue }
            open = Array(open.prefix((line.count - text.count) / 2)) + [String(text[..<colon])]
            let rest = text[text.index(after: colon)...].drop { $0 == " " }
            if open == names { return String(rest) }
            guard Array(names.dropLast()) == open, rest.hasPrefix("{"), rest.hasSuffix("}") else { continue }
            for member in rest.dropFirst().dropLast().split(separator: ",") {
                let pair = member.split(separator: ":", maxSplits: 1).map { $0.filter { $0 != " " } }
                if pair.first == names.last { return pair.last }
            }
        }
        return nil
    }

    @Test func `Every suite and every test that it names exists`() throws {
        let folder = Self.root.appending(path: "Tests").path
        var suites: [String: String] = [:]
        for case let path as String in FileManager.default.enumerator(atPath: folder)?.allObjects ?? []
        where path.hasSuffix(".swift") {
            let name = String(URL(filePath: path).lastPathComponent.dropLast(6))
            suites[name, default: ""] += try String(contentsOfFile: "\(folder)/\(path)", encoding: .utf8)
        }
        for notation in notations("test") {
            let parts = notation.split(separator: ", ", maxSplits: 1).map(String.init)
            let suite = try #require(parts.first.flatMap { suites[$0] }, "\(notation)")
            guard parts.count == 2 else {
                #expect(suite.contains("@Test"), "\(notation)")
                continue
            }
            #expect(suite.contains("func `\(parts[1])") || suite.contains("func \(parts[1])("), "\(notation)")
        }
    }
}
