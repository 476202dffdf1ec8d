import Authentication
import Cryptography
import Foundation
import Groundwork

/// Renewal, change, suspension, loss, revocation: after each, status and login show the effect.
extension Life {
    private func renewal(at place: LifePlace, _ options: String...) throws -> [String] {
        ["key", "renew", cast.code, "--reader", try reader(place)] + options + (try officers(.firstOfficer))
    }

    private func renewalPINs(at place: LifePlace) -> [String] { [pins.requester, pins.holder(at: place)] }

    /// Staged on the first key; in place on the second, whose card has no spare places.
    func renew() async throws -> String {
        let old = try active("authentication", at: .holder)
        let staged = try yzt.done(renewal(at: .holder), pins: renewalPINs(at: .holder))
        try expect(staged.text.contains("renew, staged"), "a staged renewal: \(staged.text)")
        try await expectStatus(of: old, .revoked)
        let new = try active("authentication", at: .holder)
        try expect(new.serial != old.serial, "another certificate")
        try await expectStatus(of: new, .good)
        _ = try await logIn(at: .holder)
        let sealRefusal = try expectOldSealRefusedAndMakeNewOne()

        _ = try enrol(at: .other)
        let oldInPlace = try active("authentication", at: .other)
        let inPlace = try yzt.done(renewal(at: .other), pins: renewalPINs(at: .other))
        try expect(inPlace.text.contains("renew, in place"), "a renewal in place: \(inPlace.text)")
        try await expectStatus(of: oldInPlace, .revoked)
        _ = try await logIn(at: .other)
        return "staged, and in place on a plain card; the old seal: \(sealRefusal)"
    }

    /// The registry brings another name; the certificates and the seal follow.
    func change() async throws -> String {
        let before = cast.name
        let subject = try await logIn(at: .holder).sub
        cast.name = try importChanges()
        try expect(before != cast.name, "another name in the registry")
        let old = try active("signature", at: .holder)
        try yzt.done(renewal(at: .holder, "--change"), pins: renewalPINs(at: .holder))
        let new = try certificate(active("signature", at: .holder))
        try expect(
            "\(new.subject)".contains(cast.name) || new.subject.commonName == cast.name,
            "the new name in the certificate")
        try await expectStatus(of: old, .revoked)
        let login = try await logIn(at: .holder)
        try expect(login.sub == subject, "the same subject after the change of name")
        try expect(login.name == cast.name, "the new name at login")
        _ = try expectOldSealRefusedAndMakeNewOne()
        try stampContract(named: "contract-after-change")
        return "\(before) → \(cast.name); sub unchanged"
    }

    private func order(_ act: String, _ shown: ShownCertificate, reason: String) throws {
        try yzt.done(
            ["certificate", act, shown.serial, "--reason", reason] + officers(.firstOfficer),
            pins: [pins.requester])
    }

    func suspend() async throws -> String {
        let held = try newest(at: .holder)
        for shown in held { try order("suspend", shown, reason: "the holder asked") }
        for shown in held { try await expectStatus(of: shown, .held) }
        return "login: \(try await refusedLogin(at: .holder)); seal: \(try refusedStamp())"
    }

    func resume() async throws -> String {
        let held = try newest(at: .holder)
        for shown in held { try order("resume", shown, reason: "the holder asked") }
        for shown in held { try await expectStatus(of: shown, .good) }
        _ = try await logIn(at: .holder)
        try stampContract(named: "contract-after-resumption")
        return "login and seal work again"
    }

    /// The first key is lost; a third card from stock takes its place.
    func reissue() async throws -> String {
        let lost = cast.first
        let lostCertificates = try newest(at: .holder)
        try await insert("holder-3", into: .other, with: ["--serial", "1003"])
        let third = try stockIn(at: .other)
        let order = ["key", "reissue", cast.code, "--lost", lost, "--reader", try reader(.other)]
        let alone = try yzt.refused(order + officers(.firstOfficer))
        for shown in lostCertificates { try await expectStatus(of: shown, .good) }
        try yzt.done(order + both, pins: pins.ofBoth + pins.chosen(at: .other))
        for shown in lostCertificates { try await expectStatus(of: shown, .revoked) }
        _ = try await logIn(at: .other)
        let finder = try await refusedLogin(at: .holder)
        cast.first = third
        return "\(lost.prefix(8))… lost, \(third.prefix(8))… issued; the finder's login: \(finder); "
            + "one officer alone: \(alone)"
    }

    func revoke() async throws -> String {
        let ended = try newest(at: .other)
        func order(_ shown: ShownCertificate) -> [String] {
            [
                "certificate", "revoke", shown.serial, "--because", "cessationOfOperation", "--reason",
                "the entity was dissolved",
            ]
        }
        let alone = try yzt.refused(order(ended[0]) + officers(.firstOfficer))
        for shown in ended { try yzt.done(order(shown) + both, pins: pins.ofBoth) }
        for shown in ended { try await expectStatus(of: shown, .revoked) }
        return "login: \(try await refusedLogin(at: .other)); one officer alone: \(alone)"
    }

    /// A fresh enrolment is cut by pulling the key out, and finished when it is inserted again.
    func recover() async throws -> String {
        try await insert("holder-4", into: .other, with: ["--serial", "1004"])
        let name = try stockIn(at: .other)
        // Far enough that the first key was generated, before its certificate was written.
        try await insert("holder-4", into: .other, with: ["--vanish-after", "34"])
        let chosen = pins.chosen(at: .other)
        let cut = try yzt.refused(enrolment(at: .other), pins: [pins.requester] + chosen)
        try await insert("holder-4", into: .other)
        let finished = try yzt.done(["key", "recover", "--reader", reader(.other)], pins: chosen)
        try expect(finished.text.contains("finished"), "a finished plan: \(finished.text)")
        let shown = try onKey(at: .other)
        try expect(!shown.isEmpty && shown.allSatisfy(\.isActive), "active certificates on \(name)")
        _ = try await logIn(at: .other)
        return "cut: \(cut); inserted again: finished, \(shown.count) certificates, no orphan"
    }
}
