import ArgumentParser
import Cryptography
import Groundwork
import Installation
internal import LongTermEvidence
import Registration
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
                of which an archive of ours holds everything as it stands now; it is verified first, from our own \
                roots. What is newer than the archive stays, and is named. Without: every other kind that the \
                policy keeps for a number of days. Two officers order exactly what --dry-run shows. Serial numbers, \
                revocations, the authority's own certificates and the audit stay; personal data of its events are \
                forgotten. Without a trusted clock (yzt clock status) nothing goes. Interrupted, the next call finishes \
                what was ordered.

                    yzt retention prune --dry-run
                    yzt retention prune --officer "READER 0" --officer "READER 1"
                    yzt retention prune --archive archive-2020 --dry-run
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "The archive's folder: certificates go.") var archive: String?
        @Flag(help: "Show what would go, and change nothing.") var dryRun = false
        @Option(help: "Why, for the audit.") var reason = "past retention"

        func run() async throws {
            let open = try await authority.open()
            if !dryRun { try await finish(open) }
            if let archive { try await pruneCertificates(archive, open) } else { try await pruneTimed(open) }
            await open.database.close()
        }

        /// What was ordered before and not finished.
        private func finish(_ open: OpenInstallation) async throws {
            let service = open.retention
            if try await service.isUnfinished() {
                let count = try await service.carryOut()
                Console.say("上次未完成的清理已完成 · finished what was ordered before: \(count)")
            }
            if try await open.timedPruning.isUnfinished() {
                let gone = try await open.timedPruning.carryOut()
                Console.say("上次未完成的清理已完成 · finished what was ordered before")
                say(gone)
            }
        }

        private func pruneCertificates(_ archive: String, _ open: OpenInstallation) async throws {
            let service = open.retention
            let plan = try await service.plan(archiveAt: archive)
            for serial in plan.serials { Console.say(serial.hex) }
            Console.say(
                "\(plan.serials.count) 张证书可清理 · certificates may go (ended before \(plan.horizon.shown))")
            for kept in plan.kept {
                Console.say("保留 · stays: \(kept.serial.hex)  \(kept.gap.text.zh) · \(kept.gap.text.en)")
            }
            if !plan.kept.isEmpty {
                Console.say("请重新导出档案，再据新档案清理 · export a new archive for these (yzt archive export)")
            }
            guard !dryRun, !plan.serials.isEmpty else { return }
            let order = try await open.order(
                service.request(toPrune: plan, justification: reason), by: officer.keys(open))
            try await service.begin(plan, by: order)
            let count = try await service.carryOut()
            let answers = try await service.forgetEndedAnswers()
            Console.say("已清理 · gone: \(count) certificates, \(answers) stored answers")
        }

        private func pruneTimed(_ open: OpenInstallation) async throws {
            let service = open.timedPruning
            let plan = try await service.plan()
            for part in plan.parts {
                Console.say("\(part.kind)  \(part.count)  终止于此前 · ended before \(part.before.shown)")
            }
            guard !dryRun, !plan.due.isEmpty else { return }
            let order = try await open.order(
                service.request(toPrune: plan, justification: reason), by: officer.keys(open))
            try await service.begin(plan, by: order)
            say(try await service.carryOut())
        }

        private func say(_ gone: [String: Int]) {
            for (kind, count) in gone.sorted(by: { $0.key < $1.key }) {
                Console.say("已清理 · gone: \(kind)  \(count)")
            }
        }
    }
}
