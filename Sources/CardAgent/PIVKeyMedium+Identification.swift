internal import AgentProtocol
internal import Groundwork
internal import PIV

/// What a card says of itself, and how it proves that it is the one that it names.
extension PIVKeyMedium {
    func identify() async throws(MediumFailure) -> MediumFacts {
        await endSession()
        let card = try await card()
        var facts = MediumFacts(medium: nil, atr: session?.answerToReset ?? [])
        let version = try await asking { () throws(CardError) in try await card.version() }
        facts.version = version?.description
        let serial = try await asking { () throws(CardError) in try await card.serialNumber() }
        facts.serial = serial.map { number in
            [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: number >> UInt32($0)) }
        }
        let stated = try await statedName(of: card)
        facts.medium = stated.name
        let cipher = try await asking { () throws(CardError) in try await card.managementAlgorithm() }
        facts.managementAlgorithm = cipher.map { SecretCipher($0) }
        facts.tries = try await tries(of: card)
        if !stated.isWritten { facts.isBlank = try await isBlank(card) }
        recognised = .card(facts.medium)
        return facts
    }

    /// No certificate anywhere, and no secret of which the card says that it was changed.
    private func isBlank(_ card: PIVCard) async throws(MediumFailure) -> Bool {
        for slot in Place.primary + Place.retired {
            do throws(CardError) {
                if try await card.certificate(in: slot) != nil { return false }
            } catch .unsupported {
                continue
            } catch .malformedAnswer { return false } catch { throw failure(error) }
        }
        for secret in CardSecret.allCases {
            let metadata = try await asking { () throws(CardError) in try await card.metadata(of: secret) }
            if metadata?.isDefault == false { return false }
        }
        return true
    }

    func tries(of card: PIVCard) async throws(MediumFailure) -> TriesLeft {
        let pin = try await asking { () throws(CardError) in try await card.pinTriesLeft() }
        let unlock = try await asking { () throws(CardError) in try await card.pukTriesLeft() }
        return TriesLeft(pin: pin, unlock: unlock)
    }

    func authenticate(
        _ reference: SecretReference, _ cipher: SecretCipher, _ lender: any SecretLender
    ) async throws(MediumFailure) -> MediumEvent {
        proof = nil
        let secret = try await lend(reference, by: lender)
        let card = try await card()
        do throws(CardError) {
            try await card.authenticateManagement(secret, algorithm: ManagementAlgorithm(cipher))
        } catch .wrongManagementKey, .notGenuine, .notAuthenticated {
            return .notAuthenticated
        } catch { throw failure(error) }
        proof = Proof(reference: reference, cipher: cipher, lender: lender)
        return .authenticated
    }
}
