import ArgumentParser
import CertificateAuthority
import Cryptography
import Groundwork
import Storage

struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "What need not be kept any longer (Policies/retention.yaml).",
        subcommands: [Prune.self])

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let go of records past their time, of which an archive is at hand.",
            discussion: """
                Verifies the archive first, then takes only certificates that ended longer ago than the policy's years \
                and whose records there are complete. Two officers order exactly these. Serial numbers, revocations, \
                the authority's own certificates and the audit stay; personal data of their events are forgotten. \
                Interrupted, the next call finishes what was ordered.

                    yzt retention prune --archive archive-2020 --anchor root.pem --dry-run
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @OptionGroup var trust: TrustOptions
        @Option(help: "The archive's folder.") var archive: String
        @Flag(help: "Show what would go, and change nothing.") var dryRun = false
        @Option(help: "Why, for the audit.") var reason = "past retention"

        func run() async throws {
            let open = try await authority.open()
            let desk = open.authority.retention
            if try await desk.isUnfinished(), !dryRun {
                let count = try await desk.carryOut()
                Console.say("上次未完成的清理已完成 · finished what was ordered before: \(count)")
            }
            let verified = try ArchiveReader(path: archive, trust: trust.trust()).verify()
            let plan = try await desk.plan(verified)
            for serial in plan.serials { Console.say(serial.hex) }
            Console.say(
                "\(plan.serials.count) 张证书可清理 · certificates may go (ended before \(plan.horizon.shown))")
            if !dryRun, !plan.serials.isEmpty {
                let order = try await open.order(desk.request(toPrune: plan, words: reason), by: officer.keys(open))
                try await desk.begin(plan, of: verified, by: order)
                let count = try await desk.carryOut()
                let answers = try await desk.forgetEndedAnswers()
                Console.say("已清理 · gone: \(count) certificates, \(answers) stored answers")
            }
            await open.database.close()
        }
    }
}
