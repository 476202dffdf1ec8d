import AgentProtocol
import CardAgent
import Cryptography
import Groundwork
import PCSC
import PIV

/// A key in a reader of this machine: opened for one act, given back reset.
enum CardSession {
    /// Opens the card in the named reader, waiting for one up to `limit`.
    static func open(_ reader: String, readers: PCSCReaders, waiting limit: Duration = .seconds(10)) async throws
        -> PCSCTransport
    {
        try await expectCard(in: reader, readers: readers, waiting: limit)
        do throws(CardError) {
            return try await readers.connect(to: reader)
        } catch { throw refusal(error, reader) }
    }

    /// A reader that is not there, or stays empty, is named before anything is begun.
    static func expectCard(
        in reader: String, readers: PCSCReaders, waiting limit: Duration = .seconds(10)
    ) async throws {
        do throws(CardError) { _ = try await readers.waitForCard(in: reader, within: limit) } catch {
            throw refusal(error, reader)
        }
    }

    private static func refusal(_ error: CardError, _ reader: String) -> Refusal {
        switch error {
        case .noCard, .readerUnavailable: Refusal(CardAgentRefusal.noReader, facts: ["reader": reader])
        default: error.refusal
        }
    }

    /// Runs `body` with the card's PIV application selected; the card is reset afterwards, whatever happens.
    static func withCard<Value: Sendable>(
        in reader: String, readers: PCSCReaders, _ body: (PIVCard) async throws -> Value
    ) async throws -> Value {
        let card = PIVCard(try await open(reader, readers: readers))
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
