import Foundation
import Testing

/// What ends on a key, and what is made instead.
extension KeysJourney {
    /// A certificate that was revoked is not renewed; two officers make the entity's anew, on the same key.
    func revoked(_ key: String) throws {
        let serial = try #require(try serials(key).first)
        try desk.done(
            ["certificate", "revoke", serial, "--because", "keyCompromise", "--reason", "seen elsewhere"] + desk.both,
            secrets: officers)
        try refusedRenewal("security-keys.certificate-revoked", of: other, at: .spare)
        let reissue = ["key", "reissue", other, "--lost", key] + at(.spare)
        try desk.refused("command.too-few-officers", reissue + requester)
        try desk.refused("command.one-reader-twice", reissue + requester + requester)
        try desk.done(reissue + desk.both, secrets: officers + chosen)
        #expect(try states(other).filter { $0 == "active" }.count == 2)
        #expect(try !serials(key).contains(serial))
    }

    func retire(_ key: String) throws {
        let order = ["key", "retire", key, "--reason", "the entity was dissolved"]
        try desk.refused("command.too-few-officers", order + requester)
        let said = try desk.done(order + desk.both, secrets: officers)
        #expect(said.contains("已注销"), "\(said)")
        #expect(try !states(other).contains("active"))
        try refusedRenewal("security-keys.wrong-status", of: other, at: .spare)
    }

    /// The entity ends while its second key is made: nothing is issued or activated, and two officers give it up.
    func deregisteredInTheMiddle() throws -> String {
        try desk.insert("holder-3", into: .spare, "--serial", "1003")
        let key = try stockIn(.spare)
        try desk.insert("holder-3", into: .spare, "--vanish-after", "28")
        try desk.refused(
            "agent-protocol.medium-removed", ["key", "enrol", one] + at(.spare) + requester,
            secrets: [officer] + chosen, status: 75)
        try desk.insert("holder-3", into: .spare)
        try register(one, "测试甲有限公司", "deregistered")
        try desk.refused("legal-entities.not-active", ["key", "recover"] + at(.spare), secrets: chosen)
        try plans(key)
        let order = ["key", "abandon", key, "--reason", "deregistered"]
        try desk.refused("command.too-few-officers", order + requester)
        let said = try desk.done(order + desk.both, secrets: officers)
        #expect(said.contains("已入库"), "\(said)")
        try plans("nothing is unfinished")
        try desk.refused("security-keys.no-open-plan", order + desk.both, secrets: officers)
        try register(one, "测试甲有限公司")
        return key
    }

    /// On one order of two officers the lost key's certificates end and the entity has others.
    func reissue(_ lost: String, on key: String) throws {
        let reissue = ["key", "reissue", one, "--lost", lost] + at(.spare)
        try desk.refused("command.too-few-officers", reissue + requester)
        let ended = try serials(lost)
        try desk.done(reissue + desk.both, secrets: officers + chosen)
        for serial in ended { #expect(try desk.done("certificate", "show", serial).contains("revoked")) }
        #expect(try serials(key).count == 2)
        try refusedRenewal("security-keys.wrong-status", of: one, at: .holder)
        #expect(try desk.done("reconcile").contains("nothing differs"))
    }
}
