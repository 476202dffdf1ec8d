import ArgumentParser
import Ceremony
import Groundwork
import Installation
import Officers
import Registration
import Storage

extension CeremonyCommand {
    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Nobody is left who may order: join the root and name new first officers (重新开启初始授权).",
            discussion: """
                On the root's machine. The officers are those of the script, which may name others than the root's own \
                ceremony did. The statement is good once and for 30 days; the service takes it in only while nobody is \
                left who may enrol officers, unless --regardless says in it that their keys are lost or blocked. Then \
                on the service's machine:

                    yzt ceremony install --stage CEREMONY/003-officers-1
                    yzt ceremony officers --key "READER 0" --second-key "READER 1"
                """)
        @OptionGroup var options: RootOptions
        @OptionGroup var shares: ShareOptions
        @Option(help: "The ceremony's folder.") var folder: String
        @Option(help: "Why nobody is left; the audit keeps it.") var reason: String
        @Flag(help: "Officers on record seem able to order, and their keys are lost or blocked.") var regardless = false

        func run() async throws {
            let stage = try await options.machine(folder: folder).reopenBootstrap(
                shares.brought(), reason: reason, isRegardless: regardless)
            Console.say(stage.path)
        }
    }

    struct ReopenHere: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reopen-here",
            abstract: "Evaluation: the same at once, where the root's key is on this machine.",
            discussion: """
                Two officers are named; yzt ceremony officers then gives them their keys.

                    yzt ceremony reopen-here --reason "both keys are blocked" --regardless \\
                        --name 陈静 --second-name 赵敏
                """)
        @OptionGroup var authority: AuthorityOptions
        @Option(help: "The first officer's name.") var name: String
        @Option(help: "A role of the first officer; give it again for more.") var role: [OfficerRole] = [
            .superAdministrator, .operator,
        ]
        @Option(help: "The second officer's name.") var secondName: String
        @Option(help: "A role of the second officer; give it again for more.") var secondRole: [OfficerRole] = [
            .auditAdministrator, .reviewer,
        ]
        @Option(help: "Why nobody is left; the audit keeps it.") var reason: String
        @Flag(help: "Officers on record seem able to order, and their keys are lost or blocked.") var regardless = false

        func run() async throws {
            let configuration = try ServiceConfiguration.read(at: authority.configuration)
            guard configuration.evaluation else { throw Refusal(InstallationRefusal.ceremonyRequired) }
            guard reason.contains(where: { !$0.isWhitespace }) else {
                throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--reason"])
            }
            let open = try await authority.open()
            let machine = try ServiceMachine.open(configuration)
            do {
                try await machine.installation.reopenBootstrapHere(
                    for: [.init(name: name, roles: Set(role)), .init(name: secondName, roles: Set(secondRole))],
                    family: open.family, reason: reason, isRegardless: regardless, officers: open.officers)
            } catch {
                await machine.database.close()
                await open.database.close()
                throw error
            }
            await machine.database.close()
            await open.database.close()
            Console.say("初始授权已重新开启 · the bootstrap is open again: \(name), \(secondName)")
            Console.say("  yzt ceremony officers --key READER --second-key READER")
        }
    }
}
