package import AgentProtocol
package import Groundwork
package import PCSC
internal import PIV

/// A reader of this machine with the person before it, whose PIN opens the keys that are inserted there.
package struct ReaderTerminal: KeyTerminal {
    /// The reader's name, as PC/SC has it.
    package let name: String
    /// Who stands before it, for their PIN questions; the person's name where it is known before the card tells.
    let role: PINRole
    let person: String?
    let readers: PCSCReaders
    let pins: any PINProvider
    let rules: PINRules
    let surroundings: Surroundings
    /// How long an empty reader is waited for, and a key that another program holds.
    private let patience: Duration

    /// - Parameters:
    ///   - role: who stands before it, for their PIN questions.
    ///   - person: their name, where it is known before the card tells.
    ///   - patience: how long an empty reader is waited for, and a key that another program holds.
    package init(
        _ name: String, of role: PINRole = .holder, person: String? = nil, readers: PCSCReaders,
        pins: any PINProvider, rules: PINRules, surroundings: Surroundings, patience: Duration = .seconds(10)
    ) {
        self.patience = patience
        self.name = name
        self.role = role
        self.person = person
        self.readers = readers
        self.pins = pins
        self.rules = rules
        self.surroundings = surroundings
    }

    /// - Throws: `command.no-reader` if there is no such reader or it stays empty; the reader service's refusals.
    package func expectKey() async throws {
        do throws(CardError) { _ = try await readers.waitForCard(in: name, within: patience) } catch {
            switch error {
            case .noCard, .readerUnavailable: throw Refusal(CardAgentRefusal.noReader, facts: ["reader": name])
            default: throw error.refusal
            }
        }
    }

    /// A medium over the reader: each session waits for a card and connects to it.
    package func medium() -> any HolderMedium {
        PIVKeyMedium(
            at: name, role: role, person: person, pins: pins, rules: rules, surroundings: surroundings
        ) { [name, readers, patience] () throws(CardError) in
            let state = try await readers.waitForCard(in: name, within: patience)
            return PIVKeyMedium.Connection(
                try await readers.connect(to: name, within: min(patience, .seconds(5))),
                answerToReset: state.answerToReset)
        }
    }
}
