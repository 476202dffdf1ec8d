import ArgumentParser
import CertificateAuthority
import Cryptography
import Groundwork
import Storage
import WebService

struct RetentionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retention", abstract: "What need not be kept any longer (Policies/retention.yaml).",
        subcommands: [Prune.self])

    struct Prune: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let go of records past their time.",
            discussion: """
                With --archive: certificates that ended longer ago than the policy's years, and what belongs to them, \
                of which a complete archive is at hand; it is verified first. Without: every other kind that the \
                policy keeps for a number of days. Two officers order exactly what --dry-run shows. Serial numbers, \
                revocations, the authority's own certificates and the audit stay; personal data of its events are \
                forgotten. Interrupted, the next call finishes what was ordered.

                    yzt retention prune --dry-run
                    yzt retention prune --officer "READER 0" --officer "READER 1"
                    yzt retention prune --archive archive-2020 --anchor root.pem --dry-run
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The archive's folder: certificates go.") var archive: String?
        @Option(name: .customLong("anchor"), help: "With --archive: a root certificate, PEM or DER.")
        var anchors: [String] = []
        @Option(help: "The policy of the authority's own signing certificates (CP-CPS, 1.4).")
        var servicePolicy = "1.3.6.1.4.1.32473.1156.1.6"
        @Flag(help: "Show what would go, and change nothing.") var dryRun = false
        @Option(help: "Why, for the audit.") var reason = "past retention"

        func run() async throws {
            let open = try await authority.open()
            if !dryRun { try await finish(open) }
            if let archive { try await pruneCertificates(archive, open) } else { try await pruneTimed(open) }
            await open.database.close()
        }

        /// What was ordered before and not finished.
        private func finish(_ open: OpenAuthority) async throws {
            let desk = open.authority.retention
            if try await desk.isUnfinished() {
                let count = try await desk.carryOut(with: HouseRecords.companions)
                Console.say("上次未完成的清理已完成 · finished what was ordered before: \(count)")
            }
            if try await open.timedPruning.isUnfinished() {
                let gone = try await open.timedPruning.carryOut()
                Console.say("上次未完成的清理已完成 · finished what was ordered before")
                say(gone)
            }
        }

        private func pruneCertificates(_ archive: String, _ open: OpenAuthority) async throws {
            let desk = open.authority.retention
            let verified = try ArchiveReader(path: archive, trust: TrustOptions.trust(anchors, servicePolicy)).verify()
            let plan = try await desk.plan(verified)
            for serial in plan.serials { Console.say(serial.hex) }
            Console.say(
                "\(plan.serials.count) 张证书可清理 · certificates may go (ended before \(plan.horizon.shown))")
            guard !dryRun, !plan.serials.isEmpty else { return }
            let order = try await open.order(desk.request(toPrune: plan, words: reason), by: officer.keys(open))
            try await desk.begin(plan, of: verified, by: order)
            let count = try await desk.carryOut(with: HouseRecords.companions)
            let answers = try await desk.forgetEndedAnswers()
            Console.say("已清理 · gone: \(count) certificates, \(answers) stored answers")
        }

        private func pruneTimed(_ open: OpenAuthority) async throws {
            let desk = open.timedPruning
            let plan = try await desk.plan()
            for part in plan.parts {
                Console.say("\(part.kind)  \(part.count)  终止于此前 · ended before \(part.before.shown)")
            }
            guard !dryRun, !plan.due.isEmpty else { return }
            let order = try await open.order(desk.request(toPrune: plan, words: reason), by: officer.keys(open))
            try await desk.begin(plan, by: order)
            say(try await desk.carryOut())
        }

        private func say(_ gone: [String: Int]) {
            for (kind, count) in gone.sorted(by: { $0.key < $1.key }) {
                Console.say("已清理 · gone: \(kind)  \(count)")
            }
        }
    }
}
