import CardAgent
import Cryptography
import Groundwork
import PIV

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
