import AgentProtocol
import CardAgent
import Groundwork
import Installation
import PCSC

extension OpenAuthority {
    /// The readers of this machine.
    var readers: PCSCReaders { PCSCReaders(surroundings: surroundings) }

    /// A reader of this machine as a terminal.
    func reader(_ name: String, pins: any PINProvider) -> ReaderTerminal {
        ReaderTerminal(name, readers: readers, pins: pins, rules: pinRules, surroundings: surroundings)
    }
}
