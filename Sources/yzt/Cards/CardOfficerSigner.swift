import AgentProtocol
import Cryptography
import Groundwork
import Officers
import PCSC
import PIV

/// An officer's key in a reader, behind the protocol by which orders are signed.
///
/// The certificate is read from the card's authentication place; the PIN is asked for with no session open, and given
/// to the card for one signature.
struct CardOfficerSigner: OfficerSigner {
    let reader: String
    let readers: PCSCReaders
    let pins: any PINProvider
    /// What is ordered, for the PIN window.
    let purpose: LocalisedText

    var certificate: Certificate {
        get async throws {
            try await CardSession.withCard(in: reader, readers: readers) { card in
                guard let der = try await card.certificate(in: .authentication) else {
                    throw Refusal(CommandRefusal.wrongCard, detail: "no officer's certificate in \(reader)")
                }
                return try Certificate(der: der)
            }
        }
    }

    func sign(_ toBeSigned: [UInt8]) async throws -> [UInt8] {
        let (certificate, tries) = try await CardSession.withCard(in: reader, readers: readers) { card in
            guard let der = try await card.certificate(in: .authentication) else {
                throw Refusal(CommandRefusal.wrongCard, detail: "no officer's certificate in \(reader)")
            }
            return (try Certificate(der: der), try await card.pinTriesLeft())
        }
        let pin = try await pins.pin(for: .current(reason: purpose, triesLeft: tries))
        return try await CardSession.withCard(in: reader, readers: readers) { card in
            // The card may have been exchanged while the person typed: the PIN goes to the one that was asked about.
            guard try await card.certificate(in: .authentication) == certificate.der else {
                throw Refusal(CommandRefusal.wrongCard, detail: "another key is in \(reader) now")
            }
            let algorithm = try await card.algorithm(of: Place.authentication.rawValue, key: certificate.publicKey)
            try await card.verifyPIN(pin)
            return try await card.sign(
                toBeSigned, in: .authentication, algorithm: algorithm, publicKey: certificate.publicKey)
        }
    }
}

extension PIVCard {
    /// The algorithm of a key in a place, by the identifier that this card uses for it.
    ///
    /// SM2's identifier comes from the key's own metadata: the list of extensions needs the management key.
    /// - Throws: `command.wrong-card` where the card states none.
    func algorithm(of place: UInt8, key: PublicKey) async throws -> PIVAlgorithm {
        switch key.family {
        case .p256: return .p256
        case .rsa2048: return .rsa2048
        case .sm2:
            guard let identifier = try await metadata(of: Place(rawValue: place))?.algorithm else {
                throw Refusal(CommandRefusal.wrongCard, detail: "the card states no identifier for SM2")
            }
            return .sm2(identifier: identifier)
        case nil: throw Refusal(CommandRefusal.wrongCard, detail: "a key of no known family")
        }
    }
}
