internal import Groundwork

/// What a card says about itself before anything is proved. Third parties can say anything here.
package struct MediumFacts: Codable, Hashable, Sendable {
    /// From the GUID of its CHUID; `nil` where none was written.
    package var medium: MediumNumber?
    /// Answer to reset, where the transport knows it.
    package var atr: [UInt8]
    /// The version that the application states, such as `5.4.3`.
    package var version: String?
    /// The maker's serial number; may be 0 or missing.
    package var serial: [UInt8]?
    /// The cipher of the management secret, where the card tells.
    package var managementAlgorithm: SecretCipher?
    /// The id under which the card knows SM2, where it states one.
    package var sm2Algorithm: UInt8?
    package var tries: TriesLeft
    /// No name, no certificate, and no secret that the card says was changed: as the factory made it.
    package var isBlank: Bool

    package init(
        medium: MediumNumber?, atr: [UInt8] = [], version: String? = nil, serial: [UInt8]? = nil,
        managementAlgorithm: SecretCipher? = nil, sm2Algorithm: UInt8? = nil, tries: TriesLeft = TriesLeft(),
        isBlank: Bool = false
    ) {
        self.medium = medium
        self.atr = atr
        self.version = version
        self.serial = serial
        self.managementAlgorithm = managementAlgorithm
        self.sm2Algorithm = sm2Algorithm
        self.tries = tries
        self.isBlank = isBlank
    }
}

/// Tries left, each `nil` where the card does not tell.
package struct TriesLeft: Codable, Hashable, Sendable {
    package var pin: Int?
    package var unlock: Int?
    package init(pin: Int? = nil, unlock: Int? = nil) {
        self.pin = pin
        self.unlock = unlock
    }
}

/// A medium's answer to a ``MediumAction``.
package enum MediumEvent: Codable, Hashable, Sendable {
    case identified(MediumFacts)
    case authenticated
    /// The card does not know this management secret. No try is lost by asking.
    case notAuthenticated
    case named
    case managementSecretSet
    case triesSet
    case tries(TriesLeft)
    case unlockSecretSet
    case pinSet
    case pinVoided
    /// The unlock secret was refused; tries left where the card tells.
    case wrongUnlockSecret(triesLeft: Int?)
    /// Whether keys of the family that was asked about can be made.
    case probed(Bool)
    /// DER SubjectPublicKeyInfo, and the attestation (leaf first) where it was asked for and the card has one.
    case generated(publicKey: [UInt8], attestation: [[UInt8]])
    /// The key in that place is not the one that was named.
    case otherKey
    case requested([UInt8])
    case written
    /// The certificate that lies there, DER.
    case read([UInt8]?)
    case proved([UInt8])
    case erased
    case finished
}
