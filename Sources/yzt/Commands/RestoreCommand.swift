import ArgumentParser
import Audit
import Cryptography
import Groundwork
import Installation
import Reconciliation
import Registration
import Storage

struct RestoreCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Bring a store that was set back up to what was signed since (恢复).",
        discussion: """
            After a backup was put back, the signers' journals (keys/*.signed) and audit-head.jsonl know more than the \
            store: until two officers order this, nothing is answered, published or issued. Without --officer it says \
            what is proved to be missing, and changes nothing. With two it revokes every serial number that was signed \
            and is unknown, revokes or holds what the given lists name, and goes on above every list number that was \
            used. Give every list that was published since the backup: caches, mirrors and relying parties have them \
            (Documentation/restore.md).

                yzt restore
                yzt restore --crl full.crl --crl full-delta.crl
                yzt restore --crl full.crl --officer "READER 0" --officer "READER 1" --reason "disk of 3 May"
            """)
    @OptionGroup var authority: AuthorityOptions
    @OptionGroup var officer: OfficerOptions
    @Option(name: .customLong("crl"), help: "A published revocation list (DER); may be given more than once.")
    var lists: [String] = []
    @Option(help: "Why the store was set back, for the audit.") var reason = "store set back"
    @Option(help: "How many of a kind are printed; all are counted.") var show = 50

    func run() async throws {
        let given = try lists.map { path in
            guard let bytes = RegularFile.bytes(at: path, limit: 1 << 26) else {
                throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path])
            }
            return bytes
        }
        let open = try await authority.open()
        let restoration = try await open.restoration()
        let plan = try await restoration.plan(lists: given)
        say(plan)
        if !plan.isNothing, !officer.officers.isEmpty {
            let request = restoration.request(toRestore: plan, justification: reason)
            try await restoration.carryOut(plan, by: await open.order(request, by: officer.keys(open)))
            if let trouble = try await open.judgeStore() { throw trouble }
            try await open.checkpoint()
            Console.say("已恢复 · restored: \(plan.digest)")
        }
        await open.database.close()
    }

    private func say(_ plan: RestorationPlan) {
        if plan.isNothing {
            Console.say("没有发现缺失 · nothing is proved to be missing")
            return
        }
        if let contradiction = plan.contradiction {
            Console.say("审计日志与保存的检查点不符 · the audit and its kept checkpoint: \(contradiction.text)")
            Console.say("缺失的审计事件 · audit events missing: \(plan.eventsMissing)")
        }
        Console.say("未入库的序列号（将作废） · serial numbers signed and unknown (to be revoked): \(plan.certificates.count)")
        for each in plan.certificates.prefix(show) {
            Console.say("  \(each.serial.hex)  \(each.issuer)  \(each.signedAt.shown)")
        }
        Console.say("依列表吊销或冻结 · to be revoked or held by the lists: \(plan.revocations.count)")
        for each in plan.revocations.prefix(show) {
            Console.say("  \(each.entry.serialNumber.hex)  \(each.issuer)  \(each.entry.reason.name)")
        }
        Console.say("未入库的吊销列表 · revocation lists signed and unknown: \(plan.lists.count)")
        for each in plan.lists.prefix(show) {
            Console.say("  \(each.issuer)  \(each.number.map { "#\($0)" } ?? "#?")  \(each.signedAt.shown)")
        }
        for (issuer, number) in plan.numbers.sorted(by: { $0.key < $1.key }) {
            Console.say("列表编号从此之后继续 · list numbers go on above: \(issuer)  #\(number)")
        }
        if officer.officers.isEmpty {
            Console.say("未改动任何内容；由两名人员下令后恢复 · nothing was changed; two officers order it with --officer twice")
        }
    }
}
