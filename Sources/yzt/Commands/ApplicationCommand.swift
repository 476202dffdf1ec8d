import ArgumentParser
import Authentication
import Groundwork
import Installation
import Registration
import Storage

struct ApplicationCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "application", abstract: "Applications of departments (委办局应用) that may ask who somebody is.",
        subcommands: [Register.self, List.self])

    struct Register: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register an application, or change one: afterwards it may ask for logins.",
            discussion: """
                The name is what a holder is shown before the PIN is asked for. Only the registered origins may ask, \
                each exactly as a browser writes it: https://host or https://host:port, no path. Registering a client \
                id again replaces what stood there, origins included.

                    yzt application register tax-bureau \\
                        --name 电子税务局 --english-name "Electronic Tax Bureau" \\
                        --department 税务局 --origin https://etax.example.gov.cn \\
                        --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The client id: 3 to 40 of a-z, 0-9 and hyphens.") var client: String
        @Option(help: "The name that holders are shown, in Chinese.") var name: String
        @Option(help: "The name in English (default: the Chinese one).") var englishName: String?
        @Option(help: "The department that answers for it.") var department: String
        @Option(help: "An origin from which a login may be asked for; give it again for more.") var origin: [String]
        @Option(help: "Why, for the audit.") var reason = "register an application"

        func run() async throws {
            let application = RelyingApplication(
                client: try ClientIdentifier(client), name: LocalisedText(zh: name, en: englishName ?? name),
                department: department, origins: try origin.map { try WebOrigin($0) })
            let open = try await authority.open()
            try await open.applicationOrders.register(application, reason: reason, by: officer.keys(open))
            Console.say(application.line)
            await open.database.close()
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Show the applications and their origins.")
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let open = try await authority.open()
            for application in try await open.applications.all() { Console.say(application.line) }
            await open.database.close()
        }
    }
}

extension RelyingApplication {
    /// One line for people: client id, names, department, origins.
    fileprivate var line: String {
        "\(client)  \(name.zh) · \(name.en)  \(department)  \(origins.map(\.text).joined(separator: " "))"
    }
}
