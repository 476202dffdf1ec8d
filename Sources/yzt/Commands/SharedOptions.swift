import AgentProtocol
import ArgumentParser
import CardAgent
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import Registration

/// Which authority a command speaks of.
struct AuthorityOptions: ParsableArguments {
    @Option(help: "The configuration file that `yzt init` wrote.")
    var configuration: String = ServiceConfiguration.defaultPath

    func open() async throws -> OpenInstallation {
        try await OpenInstallation.open(ServiceConfiguration.read(at: configuration), opening: .whenAsked)
    }
}

/// Whose keys order an act, and how PINs come in.
struct OfficerOptions: ParsableArguments {
    @Option(
        name: .customLong("officer"),
        help: "The reader with an officer's key. Give it twice, requester then approver, where two must agree.")
    var officers: [String] = []
    @Option(help: PINEntry.help)
    var pinEntry: PINEntryArgument?

    /// In the order in which their readers were named.
    var roles: [PINRole] { officers.indices.map { .officer($0 + 1) } }

    func keys(_ authority: OpenInstallation) throws -> OrderingKeys {
        let entry = try PINEntry(argument: pinEntry, in: authority, asking: roles)
        let terminals = zip(officers, roles).map { authority.reader($0, of: $1, pins: entry) }
        return OrderingKeys(terminals, areNamed: true) { Console.error("\($0.zh)\n\($0.en)") }
    }
}

/// The reader with the holder's key.
struct ReaderOptions: ParsableArguments {
    @Option(help: "The reader with the key; `yzt key status` lists readers.")
    var reader: String

    /// - Parameters:
    ///   - officers: who orders it. All who may be asked for a PIN are known before anybody is: an interrupted plan
    ///     asks the holder first, and must not get an officer's PIN.
    ///   - asksHolder: whether the holder's PIN may be asked for at all.
    func terminal(
        _ authority: OpenInstallation, _ officers: OfficerOptions, asksHolder: Bool = true
    ) throws -> Terminal {
        let roles = officers.roles + (asksHolder ? [.holder] : [])
        return Terminal(
            authority.reader(
                reader, pins: try PINEntry(argument: officers.pinEntry, in: authority, asking: roles)),
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
    /// What `--pin-entry` says of itself.
    static let help: ArgumentHelp = """
        Where PINs come from: pinentry, terminal, or fd:N, a line each, named by whose it is: \
        "officer 1: PIN", "officer 2: PIN" (in the order of --officer), "holder: PIN", "holder new: PIN". \
        Without names, in the order of use, where only officers or only the holder are asked (a new PIN twice).
        """

    /// The PIN entry that the argument names, or the configuration's.
    /// - Parameter roles: all who may be asked in this command.
    /// - Throws: `command.bad-argument` for what the configuration says.
    init(argument: PINEntryArgument?, in authority: OpenInstallation, asking roles: [PINRole] = []) throws {
        let text = authority.configuration.readers.pinEntry
        guard let source = argument?.source ?? PINSource(argument: text) else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "readers.pinEntry: \(text)"])
        }
        self.init(source: source, asking: roles)
    }
}
