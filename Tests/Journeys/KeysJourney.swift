import Foundation
import Testing

/// What can go wrong with a key, as it is typed: each refusal comes before anything is lost, and each state has a
/// command that leads out of it.
@Suite(.serialized) final class KeysJourney {
    let desk: OperatorDesk
    let first = "739155", second = "28461379"
    /// The holders' PINs, one that is wrong, and one that is chosen after an unlock.
    let holder = "531642", wrong = "602835", renewed = "864213"
    let one = "91310115G7ANG81A95", other = "91310115BH76YKJQ4G"

    init() throws { desk = try OperatorDesk() }

    @Test func everyStateOfAKeyHasAWayOut() throws {
        do { try story() } catch {
            try? desk.close()
            throw error
        }
        try desk.close()
    }

    var requester: [String] { ["--officer", desk.reader(.requester)] }
    var officer: String { "officer 1: " + first }
    var officers: [String] { [officer, "officer 2: " + second] }
    var chosen: [String] { ["holder new: " + holder, "holder: " + holder] }
    func at(_ slot: OperatorDesk.Slot) -> [String] { ["--reader", desk.reader(slot)] }

    func story() throws {
        try found()
        let key = try stockInCutBeforeTheName()
        try nameTooLong(key)
        let others = try enrolTheOther()
        try anotherHoldersKey()
        try suspended(key)
        try lostAndFound(key)
        try blockedBefore(key)
        try blockedDuring(key)
        try revoked(others)
        try retire(others)
        let third = try deregisteredInTheMiddle()
        try reissue(key, on: third)
    }

    func found() throws {
        try desk.done("init", "--evaluation", "--algorithm", "p256", "--root", desk.definition)
        try desk.insert("officer-1", into: .requester, "--serial", "101")
        try desk.insert("officer-2", into: .approver, "--serial", "102")
        try desk.done(
            "officer", "enrol", "--key", desk.reader(.requester), "--name", "王建国", "--second-key",
            desk.reader(.approver), "--second-name", "李秀英", secrets: [first, first, second, second])
    }

    /// One entity, as the registry says it from now on.
    func register(_ code: String, _ name: String, _ status: String = "active") throws {
        let file = desk.folder + "/entity.csv"
        try """
        uscc,name,type,division,legal_representative,status
        \(code),\(name),有限责任公司(自然人独资),310115,某甲,\(status)

        """.write(toFile: file, atomically: true, encoding: .utf8)
        try desk.done(["registry", "import", file] + requester, secrets: [first])
    }

    func stockIn(_ slot: OperatorDesk.Slot) throws -> String {
        let said = try desk.done(["key", "stock-in"] + at(slot) + requester, secrets: [first])
        return try #require(said.split(separator: "\n").last.map(String.init))
    }

    func enrol(_ code: String, _ slot: OperatorDesk.Slot) throws {
        try desk.done(["key", "enrol", code] + at(slot) + requester, secrets: [officer] + chosen)
    }

    func refusedRenewal(_ refusal: String, of code: String, at slot: OperatorDesk.Slot) throws {
        try desk.refused(
            refusal, ["key", "renew", code] + at(slot) + requester, secrets: [officer, "holder: " + holder])
    }

    func plans(_ what: String) throws {
        let said = try desk.done("key", "plans")
        #expect(said.contains(what), "\(said)")
    }

    /// The states of an entity's certificates, in the order in which they are shown.
    func states(_ code: String) throws -> [String] {
        try desk.done("key", "list", code).matches(of: #/(?m)^  [0-9a-f]{32}  [a-z]+  \S+ ([a-z ]+?)  → /#)
            .map { String($0.1) }
    }

    func serials(_ medium: String) throws -> [String] {
        let lines = try desk.done("key", "list", one) + desk.done("key", "list", other)
        let part = try #require(lines.components(separatedBy: medium).dropFirst().first)
        return part.split(separator: "\n").dropFirst().prefix { $0.hasPrefix("  ") }
            .compactMap { $0.firstMatch(of: #/^  ([0-9a-f]{32})  [a-z]+ .* active /#).map { String($0.1) } }
    }

    /// The record stands with what was begun, and the same card finishes it. A card is read in full before that, which
    /// takes some 130 commands.
    func stockInCutBeforeTheName() throws -> String {
        try plans("nothing is unfinished")
        try desk.insert("holder-1", into: .holder, "--serial", "1001", "--vanish-after", "150")
        try desk.refused(
            "agent-protocol.medium-removed", ["key", "stock-in"] + at(.holder) + requester, secrets: [first], status: 75
        )
        try plans("stock-in")
        try desk.insert("holder-1", into: .holder)
        let key = try stockIn(.holder)
        try plans("nothing is unfinished")
        #expect(try desk.done(["key", "status"] + at(.holder)).contains(key))
        return key
    }

    /// What the registry says makes no certificate: nothing is begun, and the corrected registry is enough.
    func nameTooLong(_ key: String) throws {
        try register(one, String(repeating: "测", count: 61) + "有限公司")
        try desk.refused(
            "certificate-authority.lint-failed", ["key", "enrol", one] + at(.holder) + requester,
            secrets: [officer] + chosen)
        try plans("nothing is unfinished")
        #expect(try desk.done(["key", "status"] + at(.holder)).contains("已入库"))
        try register(one, "测试甲有限公司")
        try enrol(one, .holder)
        let listed = try desk.done("key", "list", one)
        #expect(listed.hasPrefix(key), "\(listed)")
        #expect(try states(one) == ["active", "active"])
    }

    /// With a name as long as it may be.
    func enrolTheOther() throws -> String {
        try register(other, String(repeating: "测", count: 60) + "有限公司")
        try desk.insert("holder-2", into: .spare, "--serial", "1002")
        let key = try stockIn(.spare)
        try enrol(other, .spare)
        return key
    }

    func anotherHoldersKey() throws {
        try refusedRenewal("security-keys.other-holder", of: other, at: .holder)
        try refusedRenewal("security-keys.other-holder", of: one, at: .spare)
        try desk.refused(
            "security-keys.officers-key", ["key", "renew", one, "--reader", desk.reader(.approver)] + requester,
            secrets: [officer, "holder: " + second])
        #expect(try desk.done("officer", "list").matches(of: /active/).count == 2)
        #expect(try states(one) == ["active", "active"])
        #expect(try states(other) == ["active", "active"])
        try plans("nothing is unfinished")
    }

    func suspended(_ key: String) throws {
        let serial = try #require(try serials(key).first)
        func order(_ act: String) -> [String] { ["certificate", act, serial, "--reason", "asked"] + requester }
        try desk.done(order("suspend"), secrets: [first])
        try refusedRenewal("security-keys.certificate-suspended", of: one, at: .holder)
        try desk.done(order("resume"), secrets: [first])
    }

    func lostAndFound(_ key: String) throws {
        let lost = ["key", "report-lost", key, "--reason", "lost on a train"]
        try desk.refused("command.too-few-officers", lost)
        try desk.refused("command.too-many-officers", lost + desk.both)
        try desk.refused("command.no-reason", ["key", "report-lost", key, "--reason", " "] + requester)
        let said = try desk.done(lost + requester, secrets: [first])
        #expect(said.contains("已挂失"), "\(said)")
        #expect(try states(one) == ["suspended", "suspended"])
        try refusedRenewal("security-keys.wrong-status", of: one, at: .holder)
        try desk.done(["key", "found", key, "--reason", "it was at home"] + requester, secrets: [first])
        #expect(try states(one) == ["active", "active"])
    }
}
