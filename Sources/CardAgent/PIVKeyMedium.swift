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
        /// Where command APDUs go.
        package var transport: any CardTransport
        /// ATR (ISO 7816-3), by which card models are told apart; empty where the reader gives none.
        package var answerToReset: [UInt8]

        /// A card that was connected just now.
        package init(_ transport: any CardTransport, answerToReset: [UInt8] = []) {
            self.transport = transport
            self.answerToReset = answerToReset
        }
    }
    /// Connects to the card, exclusively; called for each session.
    package typealias Connector = @Sendable () async throws(CardError) -> Connection

    let connect: Connector
    /// Who stands at which reader: named in each question and refusal.
    let role: PINRole
    let terminal: String
    let person: String?
    let pins: any PINProvider
    let rules: PINRules
    let surroundings: Surroundings
    /// The longest life of one session.
    let sessionSeconds: UInt64
    /// What SM2 is called on cards that do not say (CanoKey's own default).
    let usualSM2: UInt8

    var session: Session?
    /// The card that this session's plan recognised: another one is refused when a session is opened again.
    var recognised: Recognised = .nothing
    var proof: Proof?
    var pin: HeldPIN?
    /// The officer's key that was found on the recognised card.
    var officer: (slot: KeySlot, certificate: Certificate)?

    struct Session {
        let card: PIVCard
        let answerToReset: [UInt8]
        let openedAt: UInt64
    }

    enum Recognised: Equatable {
        case nothing
        case card(MediumNumber?)
    }

    /// What opened the card for administration, to do it again after a pause.
    struct Proof {
        var reference: SecretReference
        var cipher: SecretCipher
        var lender: any SecretLender
    }

    /// The holder's PIN for the time of one plan, so that they type it once.
    final class HeldPIN: Sendable {
        let secret: SecretBytes
        init(_ secret: consuming SecretBytes) { self.secret = secret }
    }

    /// - Parameters:
    ///   - terminal: the reader's name, and `role` and `person` who stands before it.
    ///   - connect: opens the card that is in the reader, exclusively.
    package init(
        at terminal: String = "", role: PINRole = .holder, person: String? = nil, pins: any PINProvider,
        rules: PINRules, surroundings: Surroundings, sessionSeconds: UInt64 = 120, usualSM2: UInt8 = 0x54,
        connect: @escaping Connector
    ) {
        self.terminal = terminal
        self.role = role
        self.person = person
        self.connect = connect
        self.pins = pins
        self.rules = rules
        self.surroundings = surroundings
        self.sessionSeconds = sessionSeconds
        self.usualSM2 = usualSM2
    }

    /// Carries out one action of a plan, in the session that is open or a new one.
    /// - Throws: a ``MediumFailure``.
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
            } catch { throw failure(error) }
            proof = Proof(reference: reference, cipher: cipher, lender: lender)
            return .managementSecretSet
        case .setTries(let pin, let unlock, let factoryPIN):
            let card = try await card()
            let secret = SecretBytes(copying: Array(factoryPIN.utf8))
            do throws(CardError) {
                try await card.verifyPIN(secret)
                try await card.setPINRetries(pin: pin, puk: unlock)
            } catch { throw failure(error) }
            return .triesSet
        case .readTries: return .tries(try await tries(of: try await card()))
        case .setUnlockSecret(let current, let new): return try await setUnlockSecret(current, new, lender)
        case .setPIN(let unlock): return try await setPIN(unlock, lender)
        case .voidPIN(let unlock): return try await voidPIN(unlock, lender)
        case .probe(let family): return .probed(try await canMake(family))
        case .generate(let purpose, let family, let slot, let attest):
            return try await generate(purpose, family, slot, attest)
        case .request(_, let slot, let publicKey, let subject):
            return try await request(slot, publicKey, subject)
        case .write(let slot, let certificate):
            let card = try await card()
            let slot = try piv(slot)
            try await asking { () throws(CardError) in try await card.putCertificate(certificate, in: slot) }
            return .written
        case .readBack(let slot):
            let card = try await card()
            let slot = try piv(slot)
            return .read(try await asking { () throws(CardError) in try await card.certificate(in: slot) })
        case .prove(_, let slot, let plan, let step, let certificate):
            return try await prove(slot, plan, step, certificate)
        case .erase(let slot):
            let card = try await card()
            let slot = try piv(slot)
            try await asking { () throws(CardError) in try await card.deleteCertificate(in: slot) }
            return .erased
        case .finish:
            await finish()
            return .finished
        }
    }
}
