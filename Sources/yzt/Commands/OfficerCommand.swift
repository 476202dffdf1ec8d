import AgentProtocol
import ArgumentParser
import CardAgent
import Cryptography
import Groundwork
import Installation
internal import KeyCustody
import Officers
import Registration
import Storage

struct OfficerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "officer", abstract: "Officers and their keys, from enrolment to retirement.",
        subcommands: [
            Enrol.self, List.self, Show.self, Login.self, Roles.self, Suspend.self, Resume.self, ReportLost.self,
            Retire.self,
        ])

    struct Enrol: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give the first two officers their keys, under the one-use bootstrap authorisation.",
            discussion: """
                Both keys are made in one go, each in its own reader: blank keys are taken into stock, get a PIN that \
                their officer chooses, a key made on the card and an officer's certificate. Afterwards the bootstrap is \
                void, and every act takes an officer's order.

                    yzt officer enrol --key "READER 0" --name 王建国 \\
                        --role superAdministrator --role operator \\
                        --second-key "READER 1" --second-name 李秀英 \\
                        --second-role auditAdministrator --second-role reviewer
                """)

        @OptionGroup var authority: AuthorityOptions
        @Option(help: "The reader with the first officer's key.") var key: String
        @Option(help: "The first officer's name.") var name: String
        @Option(help: "A role of the first officer; give it again for more. See Policies/dual-control.yaml.") var role:
            [String] = ["superAdministrator", "operator"]
        @Option(help: "The reader with the second officer's key.") var secondKey: String
        @Option(help: "The second officer's name.") var secondName: String
        @Option(help: "A role of the second officer; the two must be able to approve each other.") var secondRole:
            [String] = ["auditAdministrator", "reviewer"]
        @Option(
            help:
                "Where PINs come from: pinentry, terminal, or fd:N: \"officer 1 new: PIN\" and \"officer 2 new: PIN\", or each twice, one a line."
        )
        var pinEntry: String?

        func run() async throws {
            guard key != secondKey else { throw Refusal(RegistrationRefusal.oneReaderTwice) }
            let (firstRoles, secondRoles) = (try roles(role), try roles(secondRole))
            let open = try await authority.open()
            let pins = try PINEntry(argument: pinEntry, in: open, asking: [.officer(1), .officer(2)])
            guard let family = open.authority.issuers.issuing.last?.family else { return }
            let officers = try await open.firstOfficerKeys {
                Console.error("\($0)：介质已做好，不再询问 PIN · the key is made already: no PIN is asked for")
            }.enrolFirstOfficers(
                [
                    .init(
                        name: name, roles: firstRoles,
                        terminal: .init(open.reader(key, of: .officer(1), person: name, pins: pins))),
                    .init(
                        name: secondName, roles: secondRoles,
                        terminal: .init(open.reader(secondKey, of: .officer(2), person: secondName, pins: pins))),
                ], family: family)
            for officer in officers { Console.say("\(officer.identifier)  \(officer.name)") }
            await open.database.close()
        }

        private func roles(_ names: [String]) throws -> Set<OfficerRole> {
            Set(
                try names.map { name in
                    guard let role = OfficerRole(rawValue: name) else {
                        throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--role \(name)"])
                    }
                    return role
                })
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the officers, their roles and status.")
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let open = try await authority.open()
            for officer in try await open.officers.officers() {
                let roles = officer.roles.sorted().map { "\($0.label.zh) \($0.rawValue)" }.joined(separator: ", ")
                let status = officer.status.label
                Console.say("\(officer.identifier)  \(officer.name)  \(roles)  \(status.zh) \(status.en)")
            }
            await open.database.close()
        }
    }
}
