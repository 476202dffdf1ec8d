import AgentProtocol
import CardAgent
import Cryptography
import Groundwork
import PCSC
import PIV

/// The key agent's part at a holder's reader: it verifies the service's statement, asks for the PIN, and signs. On an
/// enterprise's machine a program of its own does it; this one touches the reader, and nothing of the authority.
struct LifeAgent {
    let reader: String
    let pin: String
    /// By which it knows the service's statements.
    let serviceKey: PublicKey
    let rules: PINRules
    private let readers = PCSCReaders(surroundings: .real)

    init(reader: String, pin: String, serviceKey: PublicKey, rules: PINRules) {
        self.reader = reader
        self.pin = pin
        self.serviceKey = serviceKey
        self.rules = rules
    }

    private var terminal: ReaderTerminal {
        ReaderTerminal(
            reader, readers: readers, pins: LifeTypist(digits: pin), rules: rules, surroundings: .real)
    }

    /// A login with the newest certificate for logins on the card that is valid now.
    func signLogin(_ statement: SignedStatement, origin: String) async throws -> LoginProof {
        let medium = terminal.medium()
        let now = Surroundings.real.now()
        let found = try await medium.certificates().map(\.certificate).filter { $0.isForLogin && $0.isValid(at: now) }
        await medium.finish()
        return try await medium.signLogin(
            statement, origin: origin, serviceKey: serviceKey,
            certificate: found.count > 1 ? found.max { $0.notBefore < $1.notBefore } : nil)
    }

    /// What no agent does, and somebody with the card and its PIN could: the message signed with the signature key.
    func signLoginWithSignatureKey(_ statement: SignedStatement, origin: String) async throws -> LoginProof {
        let now = Surroundings.real.now()
        let medium = terminal.medium()
        let found = try await medium.certificates().filter {
            $0.certificate.isForDocuments && $0.certificate.isValid(at: now)
        }
        await medium.finish()
        guard let chosen = found.max(by: { $0.certificate.notBefore < $1.certificate.notBefore }),
            let family = chosen.certificate.publicKey.family,
            let place = Place(shown: chosen.slot.rawValue)
        else { throw Refusal(CommandRefusal.wrongCard) }
        let message = TaggedMessage.login(
            origin: origin, statementBytes: statement.bytes, certificate: chosen.certificate.der, family: family)
        let key = chosen.certificate.publicKey
        let pin = SecretBytes(copying: Array(pin.utf8))
        let signature = try await StrangersProgram.withCard(in: reader) { card in
            let algorithm = try await card.algorithm(of: place.rawValue, key: key)
            try await card.verifyPIN(pin)
            return try await card.sign(message, in: place, algorithm: algorithm, publicKey: key)
        }
        return LoginProof(
            statement: statement, origin: origin, certificate: chosen.certificate.der, signature: signature)
    }
}
