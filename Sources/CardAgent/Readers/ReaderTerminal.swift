package import AgentProtocol
package import Groundwork
package import PCSC
internal import PIV

/// A reader of this machine with the person before it, whose PIN opens the keys that are inserted there.
package struct ReaderTerminal: KeyTerminal {
    package let name: String
    let readers: PCSCReaders
    let pins: any PINProvider
    let rules: PINRules
    let surroundings: Surroundings
    /// How long an empty reader is waited for.
    private static let patience = Duration.seconds(10)

    package init(
        _ name: String, readers: PCSCReaders, pins: any PINProvider, rules: PINRules, surroundings: Surroundings
    ) {
        self.name = name
        self.readers = readers
        self.pins = pins
        self.rules = rules
        self.surroundings = surroundings
    }

    /// - Throws: `command.no-reader` if there is no such reader or it stays empty; the reader service's refusals.
    package func expectKey() async throws {
        do throws(CardError) { _ = try await readers.waitForCard(in: name, within: Self.patience) } catch {
            switch error {
            case .noCard, .readerUnavailable: throw Refusal(CardAgentRefusal.noReader, facts: ["reader": name])
            default: throw error.refusal
            }
        }
    }

    package func medium() -> any HolderMedium {
        PIVKeyMedium(pins: pins, rules: rules, surroundings: surroundings) { [name, readers] () throws(CardError) in
            let state = try await readers.waitForCard(in: name, within: Self.patience)
            return PIVKeyMedium.Connection(try await readers.connect(to: name), answerToReset: state.answerToReset)
        }
    }
}
