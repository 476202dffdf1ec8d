import AgentProtocol
import ArgumentParser
import CardAgent
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration

/// Which authority a command speaks of.
struct AuthorityOptions: ParsableArguments {
    @Option(help: "The configuration file that `yzt init` wrote.")
    var configuration: String = ServiceConfiguration.defaultPath

    func open() async throws -> OpenAuthority {
        try await OpenAuthority.open(ServiceConfiguration.read(at: configuration))
    }
}

/// Whose keys order an act, and how PINs come in.
struct OfficerOptions: ParsableArguments {
    @Option(
        name: .customLong("officer"),
        help: "The reader with an officer's key. Give it twice, requester then approver, where two must agree.")
    var officers: [String] = []
    @Option(help: "Where PINs come from: pinentry, terminal, or fd:N (one PIN a line, in the order of use).")
    var pinEntry: String?

    func keys(_ authority: OpenAuthority) throws -> OrderingKeys {
        let entry = try PINEntry(argument: pinEntry, in: authority)
        return OrderingKeys(officers.map { authority.reader($0, pins: entry) }, areNamed: true) {
            Console.error("\($0.zh)\n\($0.en)")
        }
    }
}

/// The reader with the holder's key.
struct ReaderOptions: ParsableArguments {
    @Option(help: "The reader with the key; `yzt key status` lists readers.")
    var reader: String

    func terminal(_ authority: OpenAuthority, _ officers: OfficerOptions) throws -> Terminal {
        Terminal(
            authority.reader(reader, pins: try PINEntry(argument: officers.pinEntry, in: authority)),
            observer: { step in Console.progress(step) },
            announce: { purpose, _ in
                Console.error(
                    "旧的\(purpose.title.zh)密钥将立即停用 · the old \(purpose.title.en) key ends now")
            })
    }
}

extension AlgorithmFamily: ExpressibleByArgument {}

/// A serial number as an argument: hexadecimal digits.
struct SerialArgument: ExpressibleByArgument {
    let serial: SerialNumber
    init?(argument: String) {
        guard let serial = SerialNumber(hex: argument) else { return nil }
        self.serial = serial
    }
}

extension PINEntry {
    /// The PIN entry that the argument names, or the configuration's.
    init(argument: String?, in authority: OpenAuthority) throws {
        let text = argument ?? authority.configuration.readers.pinEntry
        guard let source = PINSource(argument: text) else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--pin-entry \(text)"])
        }
        self.init(source: source)
    }
}
