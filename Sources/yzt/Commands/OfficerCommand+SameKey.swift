import AgentProtocol
import ArgumentParser
import CardAgent
import Cryptography
import Groundwork
import Installation
import Officers
import Registration
import Storage

extension OfficerCommand {
    struct Renew: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "An officer's next certificate on the same key, on two officers' order (人员证书更新).",
            discussion: """
                Before the certificate ends; after it has ended, yzt officer exchange. The officer's own key is in \
                --key, which may be one of the two that order it. The new key is made in another place of the card; \
                from its activation on it alone counts, and the certificate of before is revoked. Interrupted, the same \
                command goes on.

                    yzt officer renew officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --key "READER 0" --reason 到期 \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "The reader with the officer's own key.") var key: String
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            let open = try await authority.open()
            let shown = try await open.officerOrders.officer(officer.identifier)
            let certificate = try await open.officerKeys.renew(
                officer.identifier, at: officers.terminal(key, of: shown.officer.name, open), reason: reason,
                by: officers.keys(open))
            await open.database.close()
            Console.endProgress()
            Console.say("\(officer.identifier)  \(certificate.serialNumber.hex)  → \(certificate.notAfter.shown)")
        }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "A new PIN on an officer's blocked key, on two other officers' order (人员介质解锁).",
            discussion: """
                The officer sets a new PIN; the secret that was used is changed. The old PIN is never asked for.

                    yzt officer unlock officer_0192d3b0c1d27e8f9a0b1c2d3e4f5061 \\
                        --key "READER 2" --reason "PIN 锁定" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The officer, as `yzt officer list` names one.") var officer: OfficerArgument
        @Option(help: "The reader with the officer's own key.") var key: String
        @Option(help: "Why, for the audit.") var reason: String
        @OptionGroup var officers: OfficerOptions

        func run() async throws {
            guard !officers.officers.contains(key) else { throw Refusal(RegistrationRefusal.oneReaderTwice) }
            let open = try await authority.open()
            let shown = try await open.officerOrders.officer(officer.identifier)
            try await open.officerKeys.unlock(
                officer.identifier, at: officers.terminal(key, of: shown.officer.name, open), reason: reason,
                by: officers.keys(open))
            await open.database.close()
            Console.endProgress()
            Console.say("\(officer.identifier)  已解锁 · unlocked")
        }
    }
}

extension OfficerOptions {
    /// The reader with an officer's own key, which may be one of those that order: the same person's PIN then.
    func reader(_ reader: String, of person: String, _ authority: OpenInstallation) throws -> ReaderTerminal {
        let new = PINRole.officer(officers.count + 1)
        let role = officers.firstIndex(of: reader).map { PINRole.officer($0 + 1) } ?? new
        let pins = try PINEntry(argument: pinEntry, in: authority, asking: roles + (role == new ? [new] : []))
        return authority.reader(reader, of: role, person: person, pins: pins)
    }

    /// The same, with its progress on the terminal.
    func terminal(_ reader: String, of person: String, _ authority: OpenInstallation) throws -> Terminal {
        Terminal(try self.reader(reader, of: person, authority), observer: { Console.progress($0) })
    }
}
