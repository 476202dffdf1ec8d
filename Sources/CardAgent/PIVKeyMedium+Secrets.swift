package import AgentProtocol
internal import Cryptography
internal import Groundwork
internal import PIV

extension PIVKeyMedium {
    func setUnlockSecret(
        _ current: SecretReference, _ new: SecretReference, _ lender: any SecretLender
    ) async throws(MediumFailure) -> MediumEvent {
        let old = try await lend(current, by: lender)
        let next = try await lend(new, by: lender)
        let card = try await card()
        do throws(CardError) {
            try await card.changePUK(from: old, to: next)
            return .unlockSecretSet
        } catch { return try wrongUnlockSecret(error) }
    }

    /// Asks the holder for a new PIN with no session open, then sets it.
    func setPIN(_ unlock: SecretReference, _ lender: any SecretLender) async throws(MediumFailure) -> MediumEvent {
        let held: HeldPIN
        if let pin {
            held = pin
        } else {
            await pause()
            held = try await newPIN()
        }
        let secret = try await lend(unlock, by: lender)
        let card = try await card()
        do throws(CardError) {
            try await card.resetRetryCounter(puk: secret, newPIN: held.secret)
        } catch { return try wrongUnlockSecret(error) }
        pin = held
        return .pinSet
    }

    func voidPIN(_ unlock: SecretReference, _ lender: any SecretLender) async throws(MediumFailure) -> MediumEvent {
        let secret = try await lend(unlock, by: lender)
        var digits = surroundings.randomBytes(8).map { UInt8(ascii: "0") + $0 % 10 }
        let random = SecretBytes(wiping: &digits)
        let card = try await card()
        do throws(CardError) {
            try await card.resetRetryCounter(puk: secret, newPIN: random)
            return .pinVoided
        } catch { return try wrongUnlockSecret(error) }
    }

    /// The holder changes the PIN themselves.
    package func changePIN() async throws(MediumFailure) {
        pin = nil
        let old = try await heldPIN(LocalisedText(zh: "修改 PIN 码", en: "change the PIN"))
        pin = nil
        await pause()
        let new = try await newPIN()
        let card = try await card()
        do throws(CardError) { try await card.changePIN(from: old.secret, to: new.secret) } catch {
            throw failure(error)
        }
        await finish()
    }

    private func newPIN() async throws(MediumFailure) -> HeldPIN {
        do throws(Refusal) {
            let owner = owner()
            let typed = try await pins.pin(
                for: PINQuestion(.new(rules), of: owner, for: LocalisedText(zh: "设置 PIN 码", en: "set the PIN")))
            try rules.check(typed, of: owner)
            return HeldPIN(typed)
        } catch { throw .declined(error) }
    }

    /// The PIN: the one typed in this plan, or asked for now with no session open, and judged before the card sees it.
    func heldPIN(_ reason: LocalisedText, _ certificate: Certificate? = nil) async throws(MediumFailure) -> HeldPIN {
        if let pin { return pin }
        let card = try await card()
        let left = try await asking { () throws(CardError) in try await card.pinTriesLeft() }
        try await recognise()
        let owner = owner(certificate)
        guard left != 0 else { throw .pinBlocked(of: owner) }
        await pause()
        let held: HeldPIN
        do throws(Refusal) {
            let typed = try await pins.pin(for: PINQuestion(.current(triesLeft: left), of: owner, for: reason))
            try PINRules.checkForm(typed, of: owner)
            held = HeldPIN(typed)
        } catch { throw .declined(error) }
        pin = held
        return held
    }

    func lend(_ reference: SecretReference, by lender: any SecretLender) async throws(MediumFailure) -> SecretBytes {
        do throws(Refusal) { return try await lender.secret(reference) } catch { throw .declined(error) }
    }

    private func wrongUnlockSecret(_ error: CardError) throws(MediumFailure) -> MediumEvent {
        switch error {
        case .wrongPIN(let left): return .wrongUnlockSecret(triesLeft: left)
        case .blocked: return .wrongUnlockSecret(triesLeft: 0)
        default: throw failure(error)
        }
    }
}
