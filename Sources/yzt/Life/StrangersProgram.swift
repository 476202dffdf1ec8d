import CardAgent
import Cryptography
import Groundwork
import PCSC
import PIV

/// Another program than ours, in the hands of somebody who has the card: what the life's forgers and finders use. No
/// act of ours goes this way: those open a card by `CardAgent` alone.
enum StrangersProgram {
    /// Runs `body` with the card's PIV application selected; the card is reset afterwards, whatever happens.
    static func withCard<Value: Sendable>(
        in reader: String, _ body: (PIVCard) async throws -> Value
    ) async throws -> Value {
        let readers = PCSCReaders(surroundings: .real)
        let card: PIVCard
        do throws(CardError) {
            _ = try await readers.waitForCard(in: reader, within: .seconds(10))
            card = PIVCard(try await readers.connect(to: reader))
        } catch { throw error.refusal }
        do {
            try await card.select()
            let value = try await body(card)
            await card.close()
            return value
        } catch {
            await card.close()
            if let cardError = error as? CardError { throw cardError.refusal }
            throw error
        }
    }
}

extension PIVCard {
    /// The algorithm of a key in a place, by the identifier that this card uses for it: SM2's comes from the key's own
    /// metadata, for the list of extensions needs the management key.
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
