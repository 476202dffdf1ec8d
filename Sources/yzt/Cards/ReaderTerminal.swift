import AgentProtocol
import Groundwork
import SmartCards

/// A reader of this machine with the person before it, whose PIN opens the keys that are inserted there.
struct ReaderTerminal: KeyTerminal {
    let name: String
    let readers: PCSCReaders
    let pins: any PINProvider
    let rules: PINRules
    let surroundings: Surroundings

    init(_ name: String, readers: PCSCReaders, pins: any PINProvider, rules: PINRules, surroundings: Surroundings) {
        self.name = name
        self.readers = readers
        self.pins = pins
        self.rules = rules
        self.surroundings = surroundings
    }

    func expectKey() async throws { try await CardSession.expectCard(in: name, readers: readers) }

    func medium() -> any HolderMedium {
        PIVKeyMedium(pins: pins, rules: rules, surroundings: surroundings) { [name, readers] () throws(CardError) in
            let state = try await readers.waitForCard(in: name, within: .seconds(10))
            return PIVKeyMedium.Connection(try await readers.connect(to: name), answerToReset: state.answerToReset)
        }
    }
}
