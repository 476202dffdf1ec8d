internal import AgentProtocol
internal import Cryptography
internal import Groundwork
internal import PIV

/// The one way to open a card: connect, select, recognise, authenticate. Closed while a person types, and opened again
/// for the same card alone.
extension PIVKeyMedium {
    /// Ends the session in a reset and forgets the PIN.
    package func finish() async {
        await endSession()
        pin = nil
    }

    func endSession() async {
        await pause()
        proof = nil
        recognised = .nothing
        officer = nil
    }

    /// Closes the session, to be opened again: while a person types, or when its time is over.
    func pause() async {
        guard let open = session else { return }
        session = nil
        await open.card.close()
    }

    /// The open card, or one opened anew: selected, recognised, and authenticated if it was.
    func card() async throws(MediumFailure) -> PIVCard {
        if let open = session {
            if surroundings.monotonicNanoseconds() - open.openedAt < sessionSeconds * 1_000_000_000 { return open.card }
            await pause()
        }
        let connection: Connection
        do throws(CardError) { connection = try await connect() } catch {
            // Nobody took a key out where none was seen.
            if error == .noCard, recognised == .nothing { throw .unreachable(error.refusal) }
            throw failure(error)
        }
        let card = PIVCard(connection.transport)
        session = Session(
            card: card, answerToReset: connection.answerToReset, openedAt: surroundings.monotonicNanoseconds())
        try await asking { () throws(CardError) in _ = try await card.select() }
        if case .card(let name) = recognised {
            guard try await statedName(of: card).name == name else { throw .otherMedium }
        }
        if let proof {
            let secret = try await lend(proof.reference, by: proof.lender)
            let cipher = ManagementAlgorithm(proof.cipher)
            do throws(CardError) { try await card.authenticateManagement(secret, algorithm: cipher) } catch {
                throw failure(error)
            }
        }
        return card
    }

    /// Remembers which card this is, so that after a pause the PIN goes to no other.
    func recognise() async throws(MediumFailure) {
        guard recognised == .nothing else { return }
        recognised = .card(try await statedName(of: try await card()).name)
    }

    func statedName(
        of card: PIVCard
    ) async throws(MediumFailure) -> (name: MediumNumber?, isWritten: Bool) {
        do throws(CardError) {
            let identifier = try await card.cardHolderIdentifier()
            return (identifier.flatMap { MediumNumber($0.guid) }, identifier != nil)
        } catch .malformedAnswer {
            // Somebody wrote a CHUID that has no GUID: a third party's card, and no reason to fail.
            return (nil, true)
        } catch { throw failure(error) }
    }

    /// Whose PIN this card's is.
    func owner(_ certificate: Certificate? = nil) -> PINOwner {
        let name: String? =
            if case .card(let number?) = recognised { number.hex } else { nil }
        return PINOwner(role, at: terminal, key: person ?? certificate?.subject.commonName ?? name)
    }

    /// What an error of the card means to whoever asked for something.
    func failure(_ error: CardError, _ certificate: Certificate? = nil) -> MediumFailure {
        switch error {
        case .cardRemoved, .noCard, .sessionEnded: .removed
        case .readerUnavailable, .serviceUnavailable, .libraryMissing, .cardInUse, .mute, .notPIV:
            .unreachable(error.refusal)
        case .timedOut: .silent
        case .malformedAnswer(let what): .malformed(what)
        case .unsupported: .unsupported
        case .wrongPIN(let left): .wrongPIN(triesLeft: left, of: owner(certificate))
        case .blocked: .pinBlocked(of: owner(certificate))
        case .refused(let status): .refused(status: status.description)
        case .notGenuine, .wrongManagementKey: .refused(status: "not authentic")
        case .notAuthenticated: .refused(status: "not authenticated")
        case .notFound: .refused(status: "not found")
        case .tooLarge: .refused(status: "too large")
        case .badSecretLength: .refused(status: "a secret of a length that it does not take")
        }
    }

    func asking<Answer: Sendable>(
        _ ask: () async throws(CardError) -> Answer
    ) async throws(MediumFailure) -> Answer {
        do throws(CardError) { return try await ask() } catch { throw failure(error) }
    }
}
