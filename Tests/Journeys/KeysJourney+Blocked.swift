import Foundation
import Testing

/// A PIN that is guessed at until the key takes no more, before and during a renewal.
extension KeysJourney {
    /// Somebody guesses until the key takes no more; a renewal does not begin, two officers unlock, and it does.
    func blockedBefore(_ key: String) throws {
        let signature = try #require(
            try desk.done("certificate", "show", one).firstMatch(of: /([0-9a-f]{32})  signature/)?.1)
        let made = try desk.done(
            ["seal", "make", one, "--certificate", String(signature)] + requester, secrets: [first])
        let seal = try #require(made.split(separator: " ").first.map(String.init))
        let plain = desk.folder + "/plain.pdf"
        try Data(OperatorJourney.page.utf8).write(to: URL(filePath: plain))
        let guess =
            ["seal", "stamp", plain, "--seal", seal, "--left", "100", "--top", "100", "--output", plain + ".sealed"]
            + at(.holder)
        for _ in 0..<10 where try !desk.yzt(guess, secrets: [wrong]).output.contains("pin-blocked") {}
        try desk.refused("agent-protocol.pin-blocked", guess, secrets: [holder])
        try refusedRenewal("security-keys.pin-blocked", of: one, at: .holder)
        try plans("nothing is unfinished")
        let unlock = ["key", "unlock"] + at(.holder)
        try desk.refused("command.too-few-officers", unlock + requester)
        try desk.done(unlock + desk.both, secrets: officers + ["holder new: " + holder])
        try desk.done(["key", "renew", one] + at(.holder) + requester, secrets: [officer, "holder: " + holder])
    }

    /// The same in the middle of a renewal: the unlock goes into it, and it goes on.
    func blockedDuring(_ key: String) throws {
        let before = try serials(key)
        try desk.refused(
            "agent-protocol.wrong-pin", ["key", "renew", one] + at(.holder) + requester,
            secrets: [officer, "holder: " + wrong])
        try plans(key)
        for _ in 0..<10
        where try !desk.yzt(["key", "recover"] + at(.holder), secrets: [wrong]).output.contains("blocked") {}
        try plans(key)
        let unlock = ["key", "unlock"] + at(.holder)
        try desk.done(
            unlock + desk.both, secrets: officers + ["holder new: " + renewed, "holder: " + renewed])
        let recovered = try desk.yzt(["key", "recover"] + at(.holder), secrets: [renewed])
        #expect(recovered.status == 0, "\(recovered.output)")
        try plans("nothing is unfinished")
        let after = try serials(key)
        #expect(after.count == 2 && Set(after).isDisjoint(with: before), "\(before) \(after)")
    }
}
