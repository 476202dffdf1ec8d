import AgentProtocol
import ArgumentParser
import CardAgent
import Cryptography
import Groundwork
import Installation
import KeyCustody
import Officers
import Registration
import Storage

struct OfficerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "officer", abstract: "Officers and their keys, from enrolment to retirement.",
        subcommands: [
            Enrol.self, List.self, Show.self, Login.self, Roles.self, Suspend.self, Resume.self, ReportLost.self,
            Renew.self, Exchange.self, Unlock.self, Retire.self,
        ])

    struct Enrol: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give officers their keys: the first two together, later ones by two officers' order (人员注册).",
            discussion: """
                Both keys are made in one go, each in its own reader: blank keys are taken into stock, get a PIN that \
                their officer chooses, a key made on the card and an officer's certificate. Afterwards the bootstrap is \
                void, and every act takes an officer's order.

                    yzt officer enrol --key "READER 0" --name 王建国 \\
                        --role superAdministrator --role operator \\
                        --second-key "READER 1" --second-name 李秀英 \\
                        --second-role auditAdministrator --second-role reviewer

                A further officer takes the order of two, who sign twice: for the certificate on this key, and for the \
                officer's roles. A blank key is taken into stock first, on the first one's order.

                    yzt officer enrol --key "READER 2" --name 陈静 \
                        --role businessAdministrator --reason 新聘 \
                        --officer "READER 0" --officer "READER 1"
                """)

        @OptionGroup var authority: AuthorityOptions
        @Option(help: "The reader with the officer's key, of the first two the first one's.") var key: String
        @Option(help: "The officer's name.") var name: String
        @Option(
            help: """
                A role of the officer; give it again for more. See Policies/dual-control.yaml. The first officer is \
                superAdministrator and operator unless told otherwise.
                """)
        var role: [OfficerRole] = []
        @Option(help: "The reader with the second of the first two officers' keys.") var secondKey: String?
        @Option(help: "The second of the first two officers' name.") var secondName: String?
        @Option(help: "A role of the second officer; the two must be able to approve each other.") var secondRole:
            [OfficerRole] = [.auditAdministrator, .reviewer]
        @Option(help: "Why, for the audit: for a further officer.") var reason: String?
        @OptionGroup var officers: OfficerOptions

        func validate() throws {
            guard (secondKey == nil) == (secondName == nil) else {
                throw ValidationError("--second-key and --second-name go together")
            }
            guard secondKey != nil || !officers.officers.isEmpty else {
                throw ValidationError("the first two: --second-key and --second-name; a further one: --officer twice")
            }
            guard secondKey == nil || officers.officers.isEmpty else {
                throw ValidationError("the first two are enrolled on nobody's order: without --officer")
            }
            guard secondKey != nil || !role.isEmpty else { throw ValidationError("a further officer needs --role") }
        }

        func run() async throws {
            guard let secondKey, let secondName else { return try await enrolFurther() }
            guard key != secondKey else { throw Refusal(RegistrationRefusal.oneReaderTwice) }
            let firstRoles: Set = role.isEmpty ? [.superAdministrator, .operator] : Set(role)
            let open = try await authority.open()
            let pins = try PINEntry(argument: officers.pinEntry, in: open, asking: [.officer(1), .officer(2)])
            guard let family = open.authority.issuers.issuing.last?.family else { return }
            let enrolled = try await open.firstOfficerKeys {
                Console.error("\($0)：介质已做好，不再询问 PIN · the key is made already: no PIN is asked for")
            }.enrolFirstOfficers(
                [
                    .init(
                        name: name, roles: firstRoles,
                        terminal: .init(open.reader(key, of: .officer(1), person: name, pins: pins))),
                    .init(
                        name: secondName, roles: Set(secondRole),
                        terminal: .init(open.reader(secondKey, of: .officer(2), person: secondName, pins: pins))),
                ], family: family)
            for officer in enrolled { Console.say("\(officer.identifier)  \(officer.name)") }
            await open.database.close()
        }

        private func enrolFurther() async throws {
            guard !officers.officers.contains(key) else { throw Refusal(RegistrationRefusal.oneReaderTwice) }
            let open = try await authority.open()
            let new = PINRole.officer(officers.officers.count + 1)
            let pins = try PINEntry(argument: officers.pinEntry, in: open, asking: officers.roles + [new])
            let officer = try await open.officerKeys.enrol(
                name, roles: Set(role), at: Terminal(open.reader(key, of: new, person: name, pins: pins)),
                reason: reason ?? "", by: officers.keys(open))
            await open.database.close()
            Console.say("\(officer.identifier)  \(officer.name)")
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
