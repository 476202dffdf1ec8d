import AgentProtocol
import CardAgent
import Groundwork
import Installation
import PCSC

extension OpenInstallation {
    /// The readers of this machine.
    var readers: PCSCReaders { PCSCReaders(surroundings: surroundings) }

    /// A reader of this machine as a terminal, and whose PIN is asked for there.
    func reader(
        _ name: String, of role: PINRole = .holder, person: String? = nil, pins: any PINProvider
    ) -> ReaderTerminal {
        ReaderTerminal(
            name, of: role, person: person, readers: readers, pins: pins, rules: pinRules, surroundings: surroundings)
    }
}
