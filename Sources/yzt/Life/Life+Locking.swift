import AgentProtocol
import Groundwork
import Installation
import PIV
import Personalisation
import Registration
import SecurityKeys
import Storage

/// The PIN is locked by wrong tries and unlocked by the authority.
extension Life {
    func lockPIN() async throws -> String {
        let open = try authority
        let terminal = try terminal(.holder)
        var tries = 0
        var blocked = false
        while !blocked, tries < 20 {
            tries += 1
            let wrong = SecretBytes(copying: Array("000001".utf8))
            blocked = try await StrangersProgram.withCard(in: terminal.key.name) { card in
                do throws(CardError) { try await card.verifyPIN(wrong) } catch {
                    if error == .blocked { return true }
                    if case .wrongPIN(let left) = error { return left == 0 }
                    throw error
                }
                return false
            }
        }
        try expect(blocked, "a blocked PIN")
        guard let name = cast.first else { return "" }
        try await open.keys.personaliser().notePINLocked(name)
        let code = try await refusal { _ = try await logIn(at: .holder) }
        return "\(tries) wrong tries; a login is refused: \(code)"
    }

    func unlock() async throws -> String {
        let open = try authority
        // The holder chooses a new PIN; the old one is gone.
        pins.set(LifePINs.second, for: try reader(.holder))
        let plan = try await open.keys.unlock(at: terminal(.holder), by: officerKeys)
        try expect(plan.outcome == .finished, "a finished plan")
        _ = try await logIn(at: .holder)
        let generations = try await open.database.read { [vault = open.vault] transaction in
            try vault.generations(of: .unlock, medium: plan.medium, in: transaction)
        }
        try expect(generations.pending == nil && generations.current > 1, "a rotated unlock secret")
        return "new PIN works; unlock secret is generation \(generations.current)"
    }
}
