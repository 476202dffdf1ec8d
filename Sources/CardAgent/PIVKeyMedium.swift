package import AgentProtocol
internal import Cryptography
package import Groundwork
package import PIV

/// A PIV card as a medium: the plan's actions by APDUs, the PIN asked for here and nowhere else.
///
/// A session is exclusive, has a deadline, and ends in a reset. None is open while a person types: it is closed before,
/// and afterwards the card is selected, recognised and authenticated anew.
package actor PIVKeyMedium: HolderMedium {
    /// A connected card, exclusively ours until it is closed.
    package struct Connection: Sendable {
        package var transport: any CardTransport
        package var answerToReset: [UInt8]

        package init(_ transport: any CardTransport, answerToReset: [UInt8] = []) {
            self.transport = transport
            self.answerToReset = answerToReset
        }
    }
    package typealias Connector = @Sendable () async throws(CardError) -> Connection

    let connect: Connector
    let pins: any PINProvider
    let rules: PINRules
    let surroundings: Surroundings
    /// The longest life of one session.
    let sessionSeconds: UInt64
    /// What SM2 is called on cards that do not say (CanoKey's own default).
    let usualSM2: UInt8

    private var session: Session?
    /// The card that this session's plan recognised: another one is refused when a session is opened again.
    private var recognised: Recognised = .nothing
    private var proof: Proof?
    var pin: HeldPIN?
    /// The officer's key that was found on the recognised card.
    var officer: (place: KeyPlace, certificate: Certificate)?

    private struct Session {
        let card: PIVCard
        let answerToReset: [UInt8]
        let openedAt: UInt64
    }

    private enum Recognised: Equatable {
        case nothing
        case card(MediumNumber?)
    }

    /// What opened the card for administration, to do it again after a pause.
    private struct Proof {
        var reference: SecretReference
        var cipher: SecretCipher
        var lender: any SecretLender
    }

    /// The holder's PIN for the time of one plan, so that they type it once.
    final class HeldPIN: Sendable {
        let secret: SecretBytes
        init(_ secret: consuming SecretBytes) { self.secret = secret }
    }

    package init(
        pins: any PINProvider, rules: PINRules, surroundings: Surroundings, sessionSeconds: UInt64 = 120,
        usualSM2: UInt8 = 0x54, connect: @escaping Connector
    ) {
        self.connect = connect
        self.pins = pins
        self.rules = rules
        self.surroundings = surroundings
        self.sessionSeconds = sessionSeconds
        self.usualSM2 = usualSM2
    }

    package func perform(
        _ action: MediumAction, lender: any SecretLender
    ) async throws(MediumFailure) -> MediumEvent {
        do {
            return try await carryOut(action, lender: lender)
        } catch {
            // Whatever happened, the next command starts from a card that was reset and proves itself again.
            await endSession()
            throw error
        }
    }

    /// Ends the session in a reset and forgets the PIN.
    package func finish() async {
        await endSession()
        pin = nil
    }

    private func endSession() async {
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
            throw MediumFailure(error)
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
                throw MediumFailure(error)
            }
        }
        return card
    }

    /// Remembers which card this is, so that after a pause the PIN goes to no other.
    func recognise() async throws(MediumFailure) {
        guard recognised == .nothing else { return }
        recognised = .card(try await statedName(of: try await card()).name)
    }

    private func statedName(
        of card: PIVCard
    ) async throws(MediumFailure) -> (name: MediumNumber?, isWritten: Bool) {
        do throws(CardError) {
            let identifier = try await card.cardHolderIdentifier()
            return (identifier.flatMap { MediumNumber($0.guid) }, identifier != nil)
        } catch .malformedAnswer {
            // Somebody wrote a CHUID that has no GUID: a stranger's card, and no reason to fail.
            return (nil, true)
        } catch { throw MediumFailure(error) }
    }

    private func carryOut(
        _ action: MediumAction, lender: any SecretLender
    ) async throws(MediumFailure) -> MediumEvent {
        switch action {
        case .identify: return .identified(try await identify())
        case .authenticate(let reference, let cipher): return try await authenticate(reference, cipher, lender)
        case .writeName(let name):
            guard let identifier = CardHolderIdentifier(guid: name.bytes) else { throw .unsupported }
            let card = try await card()
            try await asking { () throws(CardError) in try await card.setCardHolderIdentifier(identifier) }
            recognised = .card(name)
            return .named
        case .setManagementSecret(let reference, let cipher):
            let secret = try await lend(reference, by: lender)
            let card = try await card()
            do throws(CardError) {
                try await card.setManagementKey(secret, algorithm: ManagementAlgorithm(cipher))
            } catch { throw MediumFailure(error) }
            proof = Proof(reference: reference, cipher: cipher, lender: lender)
            return .managementSecretSet
        case .setTries(let pin, let unlock, let factoryPIN):
            let card = try await card()
            let secret = SecretBytes(copying: Array(factoryPIN.utf8))
            do throws(CardError) {
                try await card.verifyPIN(secret)
                try await card.setPINRetries(pin: pin, puk: unlock)
            } catch { throw MediumFailure(error) }
            return .triesSet
        case .readTries: return .tries(try await tries(of: try await card()))
        case .setUnlockSecret(let current, let new): return try await setUnlockSecret(current, new, lender)
        case .setPIN(let unlock): return try await setPIN(unlock, lender)
        case .voidPIN(let unlock): return try await voidPIN(unlock, lender)
        case .probe(let family): return .probed(try await canMake(family))
        case .generate(let purpose, let family, let place, let attest):
            return try await generate(purpose, family, place, attest)
        case .request(_, let place, let publicKey, let subject):
            return try await request(place, publicKey, subject)
        case .write(let place, let certificate):
            let card = try await card()
            let place = try piv(place)
            try await asking { () throws(CardError) in try await card.putCertificate(certificate, in: place) }
            return .written
        case .readBack(let place):
            let card = try await card()
            let place = try piv(place)
            return .read(try await asking { () throws(CardError) in try await card.certificate(in: place) })
        case .prove(_, let place, let plan, let step, let certificate):
            return try await prove(place, plan, step, certificate)
        case .erase(let place):
            let card = try await card()
            let place = try piv(place)
            try await asking { () throws(CardError) in try await card.deleteCertificate(in: place) }
            return .erased
        case .finish:
            await finish()
            return .finished
        }
    }

    private func identify() async throws(MediumFailure) -> MediumFacts {
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
        for place in Place.primary + Place.retired {
            do throws(CardError) {
                if try await card.certificate(in: place) != nil { return false }
            } catch .unsupported {
                continue
            } catch .malformedAnswer { return false } catch { throw MediumFailure(error) }
        }
        for secret in CardSecret.allCases {
            let metadata = try await asking { () throws(CardError) in try await card.metadata(of: secret) }
            if metadata?.isDefault == false { return false }
        }
        return true
    }

    private func tries(of card: PIVCard) async throws(MediumFailure) -> TriesLeft {
        let pin = try await asking { () throws(CardError) in try await card.pinTriesLeft() }
        let unlock = try await asking { () throws(CardError) in try await card.pukTriesLeft() }
        return TriesLeft(pin: pin, unlock: unlock)
    }

    private func authenticate(
        _ reference: SecretReference, _ cipher: SecretCipher, _ lender: any SecretLender
    ) async throws(MediumFailure) -> MediumEvent {
        proof = nil
        let secret = try await lend(reference, by: lender)
        let card = try await card()
        do throws(CardError) {
            try await card.authenticateManagement(secret, algorithm: ManagementAlgorithm(cipher))
        } catch .wrongManagementKey, .notGenuine, .notAuthenticated {
            return .notAuthenticated
        } catch { throw MediumFailure(error) }
        proof = Proof(reference: reference, cipher: cipher, lender: lender)
        return .authenticated
    }
}
