import AgentProtocol
import CreditCodes
import Cryptography
import Foundation
import Groundwork
@testable import SecurityKeys
import Testing

/// Journals of this program, of every version, are read for ever.
@Suite struct PlanJournalTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(
        path: "Fixtures/Journals")

    private static func fixtures(_ prefix: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(prefix) }.sorted()
    }

    private static func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// Stored by the program before the encoding had a version: each says where it was, and goes on from there.
    @Test(arguments: [
        ("stock-in-name", KeyPlan.Kind.stockIn, "name", false),
        ("stock-in-unlock", .stockIn, "unlock", false),
        ("stock-in-finished", .stockIn, "finished", false),
        ("enrol-identify", .enrol, "identify", true),
        ("enrol-unlock", .enrol, "unlock", true),
        ("enrol-certify.signature", .enrol, "certify.signature", true),
        ("enrol-activate", .enrol, "activate", true),
        ("renew-staged-erase.authentication", .renewStaged, "erase.authentication", true),
        ("renew-in-place-announce.signature", .renewInPlace, "announce.signature", true),
        ("renew-in-place-generate.signature", .renewInPlace, "generate.signature", true),
        ("renew-in-place-activate.authentication", .renewInPlace, "activate.authentication", true),
        ("reissue-set-pin", .reissue, "set-pin", true),
        ("unlock-set-pin", .unlock, "set-pin", false),
        ("unlock-unlock", .unlock, "unlock", false),
        ("officer-enrol-request.authentication", .enrol, "request.authentication", true),
    ]) func aJournalOfAnOlderProgramOpens(name: String, kind: KeyPlan.Kind, step: String, hasHolder: Bool) throws {
        var plan = try KeyPlan(encoded: Self.text("unversioned-\(name).json"))
        #expect(plan.kind == kind && plan.stepName == step && plan.order == .unrecorded)
        #expect((plan.holder != nil) == hasHolder)
        if hasHolder {
            let isOfficer = name.hasPrefix("officer")
            #expect(plan.holder?.entity?.text == (isOfficer ? nil : "91310000YY20NEF479"))
            #expect(plan.holder?.commonName == (isOfficer ? "王芳" : "上海样例有限公司"))
            #expect(plan.holder?.organization == (isOfficer ? "上海市数字证书认证中心" : "上海样例有限公司"))
        }
        #expect(plan.model.name == "virtual-key" && plan.model.management == .tripleDES)
        #expect(plan.model.slots.map(\.primary) == ["9a", "9c"].map { KeySlot($0) })
        #expect(plan.model.stockedTries?.unlock == 6 && plan.serial == [0, 0, 0, 1])
        // What is stored from now on is the present form, of the same plan.
        #expect(try KeyPlan(encoded: plan.encoded) == plan)
        let ended = plan.outcome != nil
        let next = plan.next(.resume)
        #expect(ended ? next == .end(.finished) : next == .medium(.identify))
        // Everything that the card and the authority gave is there.
        for member in plan.members where member.publicKey != nil {
            #expect(try PublicKey(spki: member.publicKey ?? []).family == .p256)
            if let request = member.request { #expect(try CertificateRequest(der: request).signatureIsValid()) }
            if let certificate = member.certificate {
                #expect(try Certificate(der: certificate).publicKey.spki == member.publicKey)
            }
        }
        for member in plan.members where kind == .renewInPlace || kind == .renewStaged {
            #expect(try Certificate(der: member.replaces?.certificate ?? []).publicKey.family == .p256)
        }
    }

    @Test func everyFixtureIsInTheTable() throws {
        #expect(try Self.fixtures("unversioned-").count == 15)
        #expect(try !Self.fixtures("version-1-").isEmpty)
    }

    /// The present form, byte for byte: a change of it is a new version.
    @Test func version1IsWrittenAsItWas() throws {
        for name in try Self.fixtures("version-1-") {
            let text = try Self.text(name).trimmingCharacters(in: .newlines)
            let plan = try KeyPlan(encoded: text)
            #expect(plan.encoded == text, "\(name)")
        }
    }

    /// Each older journal in the present form is a fixture too.
    @Test func olderJournalsBecomeVersion1() throws {
        for name in try Self.fixtures("unversioned-") {
            let plan = try KeyPlan(encoded: Self.text(name))
            let present = Self.folder.appending(path: "version-1-" + name.dropFirst("unversioned-".count))
            #expect(plan.encoded == (try? String(contentsOf: present, encoding: .utf8)), "\(name)")
        }
    }

    @Test(arguments: ["", "{}", "[]", #"{"version":2}"#, #"{"version":1}"#, #"{"version":"1"}"#, "{\"version\":1"])
    func whatIsNoJournalIsRefused(text: String) {
        #expect(throws: Refusal(SecurityKeysRefusal.malformedJournal)) { try KeyPlan(encoded: text) }
    }

    /// A journal with any one member left out, or of another type, is refused and never traps.
    @Test func aBentJournalIsRefused() throws {
        for name in try Self.fixtures("version-1-") {
            let bytes = Array(try Self.text(name).trimmingCharacters(in: .newlines).utf8)
            let members = try #require(try CanonicalJSON(parsing: bytes).object)
            let optional: Set = ["serial", "holder", "outcome", "triesRead"]
            for member in members.keys where !optional.contains(member) {
                var bent = members
                bent[member] = nil
                if member != "version" {
                    #expect(throws: Refusal(SecurityKeysRefusal.malformedJournal), "\(name) without \(member)") {
                        try KeyPlan(encoded: CanonicalJSON.object(bent).text)
                    }
                }
                bent[member] = .array([.null])
                #expect(throws: Refusal(SecurityKeysRefusal.malformedJournal), "\(name), another \(member)") {
                    try KeyPlan(encoded: CanonicalJSON.object(bent).text)
                }
            }
            var far = members
            far["position"] = .integer(99)
            #expect(throws: Refusal(SecurityKeysRefusal.malformedJournal)) {
                try KeyPlan(encoded: CanonicalJSON.object(far).text)
            }
        }
    }
}
