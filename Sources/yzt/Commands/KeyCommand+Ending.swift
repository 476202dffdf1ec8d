import AgentProtocol
import ArgumentParser
import Groundwork
import Installation
import Personalisation
import Registration
import Storage

extension KeyCommand {
    struct ReportLost: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "report-lost", abstract: "Put a lost key's certificates on hold at once (挂失).",
            discussion: """
                One officer's word is enough, because it must be quick and can be taken back with yzt key found. For \
                good, yzt key reissue revokes them and makes others on another key, and yzt key retire revokes them; \
                both take two officers.

                    yzt key report-lost 0123456789abcdef0123456789abcdef --reason "lost on a train" \\
                        --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "Why, for the audit.") var reason: String
        @Argument(help: "The medium number; yzt key list shows an entity's.") var medium: MediumArgument

        func run() async throws {
            try await KeyCommand.carryOut(.reportLost, on: medium, reason: reason, authority, officer)
        }
    }

    struct Found: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "found", abstract: "Take a lost key's certificates off hold: it was found (撤销挂失).",
            discussion: """
                What was revoked meanwhile stays revoked.

                    yzt key found 0123456789abcdef0123456789abcdef --reason "the holder has it" --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "Why, for the audit.") var reason: String
        @Argument(help: "The medium number.") var medium: MediumArgument

        func run() async throws {
            try await KeyCommand.carryOut(.reportFound, on: medium, reason: reason, authority, officer)
        }
    }

    struct Retire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "retire", abstract: "Take a key out of use for good and revoke its certificates (注销).",
            discussion: """
                Takes two officers, requester first; the key need not be there. What is unfinished on it ends with it.

                    yzt key retire 0123456789abcdef0123456789abcdef --reason "the entity was dissolved" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "Why, for the audit.") var reason: String
        @Argument(help: "The medium number.") var medium: MediumArgument

        func run() async throws {
            try await KeyCommand.carryOut(.retire, on: medium, reason: reason, authority, officer)
        }
    }

    /// What is done to a key's record, and what became of it.
    static func carryOut(
        _ intent: Personaliser.RecordIntent, on medium: MediumArgument, reason: String, _ authority: AuthorityOptions,
        _ officer: OfficerOptions
    ) async throws {
        let open = try await authority.open()
        try await open.keys.carryOut(intent, on: medium.medium, reason: reason, by: officer.keys(open))
        try await open.show(medium.medium)
        await open.database.close()
    }
}
