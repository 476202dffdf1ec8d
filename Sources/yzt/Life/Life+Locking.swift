import Groundwork

/// The PIN is locked by wrong tries and unlocked by the authority.
extension Life {
    /// Somebody guesses at a seal until the key takes no more.
    func lockPIN() async throws -> String {
        let contract = try self.contract(named: "refused")
        var tries = 0
        var code = ""
        while code != "agent-protocol.pin-blocked", tries < 20 {
            tries += 1
            code = try yzt.refused(stamping(contract, as: "refused"), pins: ["holder: " + LifePINs.wrong])
        }
        try expect(code == "agent-protocol.pin-blocked", "a blocked PIN, not \(code)")
        let login = try await refusedBeforeSigning(at: .holder)
        return "\(tries) wrong tries; a login is refused: \(login)"
    }

    func unlock() async throws -> String {
        // The holder chooses a new PIN; the old one is gone.
        pins[.holder] = LifePINs.second
        let order = ["key", "unlock", "--reader", try reader(.holder)]
        let alone = try yzt.refused(order + officers(.firstOfficer))
        try yzt.done(order + both, pins: pins.ofBoth + [pins.new(at: .holder)])
        _ = try await logIn(at: .holder)
        // The unlock secret that was used is changed, and the new one is the card's: it unlocks once more.
        try yzt.done(order + both, pins: pins.ofBoth + [pins.new(at: .holder)])
        _ = try await logIn(at: .holder)
        return "new PIN works, twice; one officer alone: \(alone)"
    }
}
