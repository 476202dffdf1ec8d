import ArgumentParser
import CertificateRecords
import Groundwork
import Installation
import Registration
import Storage

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What the authority promises: CA/ and Policies/ as they are in force.",
        subcommands: [Apply.self])

    struct Apply: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what would change, check it, and with two officers' keys put it in force.",
            discussion: """
                Without --officer nothing is changed: the differences are shown, and the files are checked. A running \
                yzt serve follows within a second; its log and /readyz on the staff address name the version.

                    yzt policy apply --root . --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The folder that holds CA/ and Policies/.") var root: String = "."
        @Option(help: "Why, for the audit.") var reason = "policy change"

        func run() async throws {
            let open = try await authority.open()
            let files = try PolicyFiles.named(root)
            let differences = try await open.authority.policies.differences(files)
            for difference in differences {
                Console.say("\(difference.kind.rawValue)  \(difference.path)")
                for line in difference.lines { Console.say("  \(line)") }
            }
            guard !differences.isEmpty else { throw Refusal(CertificateRecordsRefusal.unchangedPolicy) }
            _ = try PolicyBook(version: open.policies.book.version + 1, files: files)
            _ = try RoomPolicies(files)
            if !officer.officers.isEmpty {
                let request = try await open.authority.policies.request(toApply: files, reason: reason)
                let authorisation = try await open.order(request, by: officer.keys(open))
                let book = try await open.authority.policies.apply(files, by: authorisation)
                Console.say("第 \(book.version) 版策略已生效 · version \(book.version) is in force")
                Console.say("运行中的服务一秒内跟进 · running services follow within a second")
            } else {
                Console.say("检查通过，尚未生效 · checked, not in force: --officer twice applies it")
            }
            await open.database.close()
        }
    }
}
