package import Cryptography

/// Where on a medium a key lies: data of the card model, never a meaning. On PIV two hexadecimal digits, such as `9a`.
package struct KeySlot: Hashable, Sendable, RawRepresentable, Codable, CustomStringConvertible {
    package let rawValue: String
    package init(rawValue: String) { self.rawValue = rawValue.lowercased() }
    package init(_ rawValue: String) { self.init(rawValue: rawValue) }

    package init(from decoder: any Decoder) throws {
        self.init(rawValue: try decoder.singleValueContainer().decode(String.self))
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(rawValue)
    }
    package var description: String { rawValue }
}

/// The cipher of a card's management secret.
package enum SecretCipher: String, Codable, CaseIterable, Sendable, Hashable {
    case tripleDES = "3des"
    case aes128, aes192, aes256

    package var keyLength: Int {
        switch self {
        case .tripleDES, .aes192: 24
        case .aes128: 16
        case .aes256: 32
        }
    }
}

/// The secrets that a card shares with the authority. The PIN is not among them: it is the holder's alone.
package enum SecretKind: String, Codable, CaseIterable, Sendable, Hashable {
    /// Opens the card for administration (9B on PIV).
    case management
    /// Sets a new PIN (the PUK on PIV).
    case unlock
}

/// Names a secret without holding it. Generation 0 is what the card left the factory with.
package struct SecretReference: Codable, Hashable, Sendable, CustomStringConvertible {
    package var kind: SecretKind
    package var generation: Int
    package init(_ kind: SecretKind, generation: Int) {
        self.kind = kind
        self.generation = generation
    }
    package var description: String { "\(kind.rawValue)/\(generation)" }
}

/// What a plan may ask a medium to do. Each can be asked again: see the event that answers it.
///
/// No secret is inside: a medium borrows the one that a reference names, for the time of the command.
package enum MediumAction: Codable, Hashable, Sendable {
    /// SELECT and reads only: what a third party's card gets.
    case identify
    /// Mutual authentication: the card proves that it knows the secret too.
    case authenticate(SecretReference, SecretCipher)
    case writeName(MediumNumber)
    case setManagementSecret(SecretReference, SecretCipher)
    /// Sets both counters. Needs the factory's PIN and gives PIN and unlock secret their factory values again.
    case setTries(pin: Int, unlock: Int, factoryPIN: String)
    case readTries
    case setUnlockSecret(current: SecretReference, new: SecretReference)
    /// The holder chooses a PIN; it is set with the unlock secret and can be set again.
    case setPIN(unlock: SecretReference)
    /// A random PIN that nobody knows takes the place of the factory's.
    case voidPIN(unlock: SecretReference)
    /// Whether the card can make keys of this family. Changes nothing.
    case probe(AlgorithmFamily)
    case generate(purpose: KeyPurpose, family: AlgorithmFamily, slot: KeySlot, attest: Bool)
    /// A PKCS#10 signed by the key in this place, which must be the one given.
    case request(purpose: KeyPurpose, slot: KeySlot, publicKey: [UInt8], subject: [UInt8])
    case write(slot: KeySlot, certificate: [UInt8])
    case readBack(slot: KeySlot)
    /// A proof bound to the certificate: ``TaggedMessage/proof(plan:step:certificate:family:)``.
    case prove(purpose: KeyPurpose, slot: KeySlot, plan: [UInt8], step: UInt32, certificate: [UInt8])
    /// Removes a certificate that is no longer used.
    case erase(slot: KeySlot)
    /// Ends the session; the card is reset.
    case finish

    /// The operation's name in a signed plan.
    package var operation: MediumOperation {
        switch self {
        case .identify: .identify
        case .authenticate: .authenticate
        case .writeName: .writeName
        case .setManagementSecret: .setManagementSecret
        case .setTries: .setTries
        case .readTries: .readTries
        case .setUnlockSecret: .setUnlockSecret
        case .setPIN: .setPIN
        case .voidPIN: .voidPIN
        case .probe: .probe
        case .generate: .generate
        case .request: .request
        case .write: .write
        case .readBack: .readBack
        case .prove: .prove
        case .erase: .erase
        case .finish: .finish
        }
    }
}

/// The kinds of ``MediumAction``, as a signed plan permits them.
package enum MediumOperation: String, Codable, CaseIterable, Sendable, Hashable {
    case identify, authenticate, writeName, setManagementSecret, setTries, readTries, setUnlockSecret, setPIN, voidPIN
    case probe, generate, request, write, readBack, prove, erase, finish

    /// Sets or uses a secret that crosses the channel in clear: on authority terminals only.
    package var needsAuthorityTerminal: Bool {
        switch self {
        case .setManagementSecret, .setUnlockSecret, .setPIN, .voidPIN, .setTries: true
        default: false
        }
    }
}
