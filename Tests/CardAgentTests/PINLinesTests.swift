import AgentProtocol
import Foundation
import Groundwork
import Testing

@testable import CardAgent

/// PINs on a file descriptor: whose each is, whoever is asked first.
@Suite struct PINLinesTests {
    /// A descriptor with these bytes on it, and nothing after them.
    private static func descriptor(_ text: String) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let bytes = Array(text.utf8)
        #expect(write(ends[1], bytes, bytes.count) == bytes.count)
        close(ends[1])
        return ends[0]
    }

    private static func entry(_ text: String, asking roles: [PINRole]) throws -> PINEntry {
        PINEntry(source: .fileDescriptor(try descriptor(text)), asking: roles)
    }

    private static let rules = PINRules(
        minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: [])

    private static func question(_ role: PINRole, new: Bool = false) -> PINQuestion {
        PINQuestion(
            new ? .new(rules) : .current(triesLeft: 3), of: PINOwner(role, at: "READER"),
            for: LocalisedText(zh: "试", en: "test"))
    }

    private static func typed(_ entry: PINEntry, _ question: PINQuestion) async throws -> String {
        let secret = try await entry.pin(for: question)
        return secret.withBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// What an interrupted plan asks first gets the line that is the holder's, although the officer's stands before it.
    @Test func aNamedLineWaitsForItsOwner() async throws {
        let entry = try Self.entry(
            "officer 2: 91357246\nofficer 1: 28461379\nHOLDER NEW:84620715\nholder: 73915528\n",
            asking: [.holder, .officer(1), .officer(2)])
        #expect(try await Self.typed(entry, Self.question(.holder)) == "73915528")
        #expect(try await Self.typed(entry, Self.question(.officer(1))) == "28461379")
        #expect(try await Self.typed(entry, Self.question(.holder, new: true)) == "84620715")
        #expect(try await Self.typed(entry, Self.question(.officer(2))) == "91357246")
        await #expect(throws: Refusal(CardAgentRefusal.noPIN)) {
            try await Self.typed(entry, Self.question(.officer(2)))
        }
    }

    /// Two entries of one command read one stream.
    @Test func twoEntriesShareADescriptor() async throws {
        let descriptor = try Self.descriptor("officer: 28461379\nholder: 73915528\n")
        let officers = PINEntry(source: .fileDescriptor(descriptor), asking: [.officer(1)])
        let holder = PINEntry(source: .fileDescriptor(descriptor), asking: [.holder])
        #expect(try await Self.typed(holder, Self.question(.holder)) == "73915528")
        #expect(try await Self.typed(officers, Self.question(.officer(1))) == "28461379")
    }

    @Test(arguments: ["28461379\n73915528\n", "28461379\nholder: 73915528\n"])
    func aLineWithoutANameReachesNobodyWhereItMightReachTheWrongKey(text: String) async throws {
        let entry = try Self.entry(text, asking: [.holder, .officer(1)])
        await #expect(throws: Refusal(CardAgentRefusal.unnamedPIN)) {
            try await Self.typed(entry, Self.question(.holder))
        }
    }

    @Test func linesWithoutNamesAreTakenInTheOrderOfUseWhereOneKindOfPersonIsAsked() async throws {
        let officers = try Self.entry("28461379\n91357246\n", asking: [.officer(1), .officer(2)])
        #expect(try await Self.typed(officers, Self.question(.officer(1))) == "28461379")
        #expect(try await Self.typed(officers, Self.question(.officer(2))) == "91357246")
        let holder = try Self.entry("73915528\n84620715\n84620715\n", asking: [.holder])
        #expect(try await Self.typed(holder, Self.question(.holder)) == "73915528")
        #expect(try await Self.typed(holder, Self.question(.holder, new: true)) == "84620715")
        let slip = try Self.entry("84620715\n84620751\n", asking: [.holder])
        await #expect(throws: Refusal(CardAgentRefusal.entriesDiffer)) {
            try await Self.typed(slip, Self.question(.holder, new: true))
        }
    }

    @Test(arguments: ["oficer 1: 28461379\n", "officer 0: 28461379\n", "officer: 28461379\n", ": 28461379\n"])
    func aNameThatIsNoneIsRefusedAndNotShown(text: String) async throws {
        let entry = try Self.entry(text, asking: [.holder, .officer(1), .officer(2)])
        do {
            _ = try await Self.typed(entry, Self.question(.officer(1)))
            Issue.record("it was taken")
        } catch let refusal as Refusal {
            #expect(refusal == Refusal(CardAgentRefusal.unnamedPIN))
            #expect(!refusal.description.contains("28461379") && !refusal.description.contains("oficer"))
            #expect(refusal.message.en.contains("officer 1, officer 2, holder"), "\(refusal)")
        }
    }

    /// What the rules would never let a key have is not given to one.
    @Test(
        arguments: [
            ("officer 1: 730461\r\n", "回车", "carriage return"), ("７３０４６１\n", "全角", "full-width"),
            ("officer 1: 73 0461\n", "空格", "blank"), ("730461 \n", "空格", "blank"), ("7304a1\n", "数字", "digits"),
            ("73046\n", "6 至 8", "6 to 8"), ("730461730\n", "6 至 8", "6 to 8"), ("officer: \n", "6 至 8", "6 to 8"),
        ])
    func whatIsNoPINIsRefusedWithItsCause(text: String, zh: String, en: String) async throws {
        let entry = try Self.entry(text, asking: [.officer(1)])
        do {
            _ = try await Self.typed(entry, Self.question(.officer(1)))
            Issue.record("it was taken")
        } catch let refusal as Refusal {
            #expect(refusal == Refusal(AgentProtocolRefusal.malformedPIN))
            #expect(refusal.message.zh.contains(zh) && refusal.message.en.contains(en), "\(refusal)")
            #expect(refusal.message.zh.contains("人员 1（读卡器 READER）"), "\(refusal.message.zh)")
        }
    }
}
