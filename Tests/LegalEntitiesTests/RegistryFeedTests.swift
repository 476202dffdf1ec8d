import CreditCodes
import Foundation
import Groundwork
import LegalEntities
import Officers
import Storage
import OtherPrograms
import Testing

@Suite struct RegistryFeedTests {
    static let good = RegistryLineTests.good
    static let other = "91310000132260250X,上海汽车集团股份有限公司,股份有限公司(上市),310115,王晓,active"

    private func feed(_ lines: String...) -> String { ([RegistryLine.header] + lines).joined(separator: "\n") + "\n" }

    @Test func importingTwiceChangesNothing() async throws {
        let registry = try await Registry()
        let file = try registry.file(feed(Self.good, Self.other))
        let first = try await registry.imported(file)
        #expect((first.lines, first.added, first.unchanged, first.bad) == (2, 2, 0, 0))
        let second = try await registry.imported(file)
        #expect((second.lines, second.added, second.changed, second.unchanged) == (2, 0, 0, 2))
        #expect(try await registry.store.count() == 2)
        let record = try #require(try await registry.store.record(of: registry.code("91310000631291289X")))
        #expect(RegistryLine.write(record) == Self.good)
    }

    @Test func aChangeOfNameIsKeptAsHistory() async throws {
        let registry = try await Registry()
        _ = try await registry.imported(try registry.file(feed(Self.good)))
        let renamed = try await registry.imported(
            try registry.file(feed(Self.good.replacing("上海市数字证书认证中心", with: "上海新名字认证"))))
        #expect((renamed.changed, renamed.renamed) == (1, 1))
        let moved = try await registry.imported(
            try registry.file(
                feed(Self.good.replacing("上海市数字证书认证中心", with: "上海新名字认证").replacing("310110", with: "310101"))))
        #expect((moved.changed, moved.renamed) == (1, 0))
        _ = try await registry.imported(
            try registry.file(feed(Self.good.replacing("上海市数字证书认证中心", with: "上海再改名认证"))))
        let code = try registry.code("91310000631291289X")
        #expect(
            try await registry.store.formerNames(of: code).map(\.name)
                == ["上海市数字证书认证中心有限公司", "上海新名字认证有限公司"])
        #expect(try await registry.store.record(of: code)?.name == "上海再改名认证有限公司")
    }

    @Test func ofTwoLinesForOneEntityTheLaterDecides() async throws {
        let registry = try await Registry()
        let other = Self.good.replacing("张伟", with: "李娜")
        _ = try await registry.imported(try registry.file(feed(Self.good)))
        let back = try await registry.imported(try registry.file(feed(other, Self.good)))
        #expect((back.changed, back.unchanged) == (2, 0))
        let code = try registry.code("91310000631291289X")
        #expect(try await registry.store.record(of: code)?.legalRepresentative == "张伟")
        let forth = try await registry.imported(try registry.file(feed(Self.good, other)))
        #expect((forth.changed, forth.unchanged) == (1, 1))
        #expect(try await registry.store.record(of: code)?.legalRepresentative == "李娜")
    }

    @Test func badLinesAreNamedAndGoodOnesImported() async throws {
        let registry = try await Registry()
        let (file, flaws) = try registry.generated("--rows", "200", "--bad", "34", "--seed", "a")
        let report = try await registry.imported(file)
        #expect((report.lines, report.added, report.bad) == (234, 200, 34))
        #expect(report.badLines.count == 34)
        let expected: [String: (RegistryLine.Defect) -> Bool] = [
            "credit check digit": { if case .code(.creditCheckDigit) = $0 { true } else { false } },
            "organization check digit": { if case .code(.organizationCheckDigit) = $0 { true } else { false } },
            "too short": { $0 == .code(.wrongLength(17)) },
            "too long": { $0 == .code(.wrongLength(19)) },
            "full-width": { if case .code(.fullWidth(1, _)) = $0 { true } else { false } },
            "lower case": { $0 == .code(.lowerCase(position: 9, character: "a")) },
            "forbidden letter": { $0 == .code(.forbidden(position: 9, character: "O")) },
            "letter in the division": { $0 == .code(.notADigit(position: 5, character: "A")) },
            "five fields": { $0 == .fieldCount(5) }, "seven fields": { $0 == .fieldCount(7) },
            "empty name": { $0 == .field(.name, .empty) }, "unknown status": { $0 == .field(.status, .unknownValue) },
            "division of five digits": { $0 == .field(.division, .unknownValue) }, "open quote": { $0 == .quoting },
            "not UTF-8": { $0 == .notUTF8 }, "control character": { $0 == .field(.name, .controlCharacter) },
            "very long line": { $0 == .tooLong },
        ]
        for (said, bad) in zip(flaws, report.badLines) {
            let parts = said.split(separator: ": ")
            #expect(parts[0] == "line \(bad.number)")
            let matches = try #require(expected[String(parts[1])], "the generator makes a flaw '\(parts[1])'")
            #expect(matches(bad.defect), "\(said) was read as \(bad.defect)")
        }
    }

    @Test func theGeneratorAndTheParserAgreeOnManyEntities() async throws {
        let registry = try await Registry()
        let (file, _) = try registry.generated("--rows", "5000", "--seed", "b")
        let report = try await registry.imported(file)
        #expect((report.added, report.changed, report.bad) == (5000, 0, 0), "\(report.badLines.prefix(3))")
        let (renamed, _) = try registry.generated("--rows", "5000", "--seed", "b", "--rename", "7", name: "next.csv")
        let second = try await registry.imported(renamed)
        #expect((second.renamed, second.unchanged) == (7, 4993))
    }

    @Test func theImportIsAuditedOnceWithItsCounts() async throws {
        let registry = try await Registry()
        _ = try await registry.imported(try registry.file(feed(Self.good, "bad")))
        let acts = try await registry.audited().filter { $0.act.hasPrefix("registry.") }
        #expect(acts.map(\.act) == ["registry.import.begun", "registry.import.done"])
        let facts = try #require(acts.last?.line["facts"])
        #expect(facts["added"] == 1 && facts["bad"] == 1 && facts["lines"] == 2)
        let all = try await registry.audited().map(\.line.text).joined()
        #expect(!all.contains("张伟"), "a legal representative's name is a personal datum")
    }

    @Test(arguments: [
        "", "\n", "name,uscc\n", RegistryLine.header + ",more\n", "\u{FEFF}\u{FEFF}" + RegistryLine.header,
    ])
    func anotherHeaderIsRefusedBeforeAnythingIsStored(text: String) async throws {
        let registry = try await Registry()
        let file = try registry.file(text)
        let authorisation = try await registry.authorised(file)
        await #expect(throws: Refusal(LegalEntitiesRefusal.feedHeader)) {
            try await RegistryFeed(registry.store).importFile(file, authorisedBy: authorisation)
        }
        #expect(try await registry.audited().allSatisfy { !$0.act.hasPrefix("registry.") })
    }

    @Test(arguments: [RegistryLine.header, "\u{FEFF}" + RegistryLine.header + "\r\n", RegistryLine.header + "\n\n\n"])
    func aFeedWithoutLinesIsAFeed(text: String) async throws {
        let registry = try await Registry()
        #expect(try await registry.imported(try registry.file(text)).lines == 0)
    }

    @Test func theFileMustBeTheOneThatWasSigned() async throws {
        let registry = try await Registry()
        let signed = try registry.file(feed(Self.good))
        let authorisation = try await registry.authorised(signed)
        let swapped = try registry.file(feed(Self.other))
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await RegistryFeed(registry.store).importFile(swapped, authorisedBy: authorisation)
        }
        // Swapped after it was looked at: found before a line is believed.
        await #expect(throws: Refusal(LegalEntitiesRefusal.feedUnreadable)) {
            try await RegistryFeed(registry.store).importFile(signed, authorisedBy: authorisation)
        }
        #expect(try await registry.store.count() == 0)
    }

    @Test func anOrderImportsOnce() async throws {
        let registry = try await Registry()
        let file = try registry.file(feed(Self.good))
        let authorisation = try await registry.authorised(file)
        _ = try await RegistryFeed(registry.store).importFile(file, authorisedBy: authorisation)
        await #expect(throws: Refusal(OfficersRefusal.alreadyUsed)) {
            try await RegistryFeed(registry.store).importFile(file, authorisedBy: authorisation)
        }
    }

    @Test func aMissingFileIsRefused() {
        #expect(throws: Refusal(LegalEntitiesRefusal.feedUnreadable)) {
            try FeedFile(at: "/nowhere/feed.csv") { $0 }
        }
    }

    @Test func bytesThatAreNoFeedAtAll() async throws {
        let registry = try await Registry()
        var generator = Seeded(4)
        let noise = (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &generator) }
        let path = registry.folder.appending(path: "noise.csv")
        try Data(Array((RegistryLine.header + "\n").utf8) + noise).write(to: path)
        let report = try await registry.imported(try FeedFile(at: path.path) { Array($0.prefix(32)) })
        #expect(report.added == 0)
        #expect(report.bad == report.lines)
    }
}
