import ArgumentParser
import Audit
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
internal import LongTermEvidence
import Officers
import PCSC
import PIV
import Registration
import SecurityKeys
import Storage
import TimeStamping

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at configuration, keys, store, disk, clock and readers.",
        discussion: "Each line is a check; the first thing to mend comes with a sentence. Exit status 0 if all hold.")
    @OptionGroup var authority: AuthorityOptions

    func run() async throws {
        var failures = 0
        func line(_ name: LocalisedText, _ outcome: Result<String, any Error>) {
            switch outcome {
            case .success(let text): Console.say("✓ \(name.zh) · \(name.en)  \(text)")
            case .failure(let error):
                failures += 1
                let code = (error as? Refusal).map { " [\($0.code)]" } ?? ""
                Console.say("✗ \(name.zh) · \(name.en)\(code)")
                Console.say(Console.lines(of: error).map { "    \($0)" }.joined(separator: "\n"))
            }
        }
        let hardened: Result<String, any Error> =
            ProcessHardening.isApplied ? .success("") : .failure(Refusal(GroundworkRefusal.notHardened))
        line(LocalisedText(zh: "不产生内存转储", en: "no core dumps"), hardened)
        let files = LocalisedText(zh: "可打开的文件数够用", en: "enough open files for every connection")
        line(files, Result { try openFiles() })
        let open: OpenInstallation
        do {
            open = try await authority.open()
            line(LocalisedText(zh: "配置、密钥与存储可打开", en: "configuration, keys and store open"), .success(""))
        } catch {
            line(LocalisedText(zh: "配置、密钥与存储可打开", en: "configuration, keys and store open"), .failure(error))
            throw ExitCode(ExitStatus.refused)
        }
        do {
            try await open.custody.check()
            try await open.vault.refresh()
            let vault = try open.vault.isInToken ? "escrow in the token" : "escrow in a file"
            line(
                LocalisedText(zh: "密钥所在可用", en: "the keys' place works"),
                .success("\(open.custody.report.place), \(vault)"))
        } catch { line(LocalisedText(zh: "密钥所在可用", en: "the keys' place works"), .failure(error)) }
        let now = open.surroundings.now()
        for issuer in open.authority.issuers.issuers {
            let valid = issuer.certificate.isValid(at: now)
            line(
                LocalisedText(zh: "签发机构在有效期内", en: "issuer is valid"),
                valid
                    ? .success("\(issuer.generation) → \(issuer.certificate.notAfter.shown)")
                    : .failure(Refusal(CertificateRecordsRefusal.outlivesIssuer, detail: issuer.generation)))
        }
        let services = LocalisedText(zh: "服务密钥不会到期无接替", en: "no service key ends without another")
        line(services, open.authority.endingServiceAlarm().map { .failure($0) } ?? .success(""))
        let officers = LocalisedText(zh: "人员证书不会到期无接替", en: "no officer's certificate ends unnoticed")
        do {
            let foresight = try await open.officerForesight()
            let hasOfficers = try await !open.officers.officers().isEmpty
            if let alarm = foresight.alarm(hasOfficers: hasOfficers) { throw alarm }
            line(officers, .success(foresight.notices.map { "\($0.zh) · \($0.en)" }.joined(separator: "\n    ")))
        } catch { line(officers, .failure(error)) }
        let lacking = open.officers.policy.actsWithoutRule.map(\.rawValue).joined(separator: " ")
        line(
            LocalisedText(zh: "每类授权都有规则", en: "every act has its rule"),
            .success(lacking.isEmpty ? "" : "Policies/dual-control.yaml 缺少 · lacks: \(lacking)"))
        do {
            let verdict = try await open.authority.clock.watch()
            line(
                LocalisedText(zh: "时钟", en: "clock"),
                verdict.isTrusted
                    ? .success("\(verdict.text.zh) · \(verdict.text.en)")
                    : .failure(
                        Refusal(
                            TimeStampingRefusal.clockUntrusted, detail: verdict.text.en,
                            facts: ["cause": verdict.text.zh, "causeEnglish": verdict.text.en])))
        } catch { line(LocalisedText(zh: "时钟", en: "clock"), .failure(error)) }
        do {
            try await open.checkAuditHead()
            line(LocalisedText(zh: "审计日志与检查点一致", en: "audit log follows from its checkpoints"), .success(""))
        } catch {
            line(LocalisedText(zh: "审计日志与检查点一致", en: "audit log follows from its checkpoints"), .failure(error))
        }
        let whole = LocalisedText(zh: "数据库文件完好", en: "the store's file is whole")
        do { line(whole, .success(try await open.examineStore())) } catch { line(whole, .failure(error)) }
        let modes = LocalisedText(zh: "数据目录仅本用户可读", en: "the data directory is this user's alone")
        do {
            try DataDirectoryModes.require(open.configuration.data)
            line(modes, .success(""))
        } catch { line(modes, .failure(error)) }
        let storeStatus = LocalisedText(zh: "数据库不旧于已有的签名", en: "the store is as new as what was signed")
        do {
            if let trouble = try await open.judgeStore() { throw trouble }
            line(storeStatus, .success(""))
        } catch { line(storeStatus, .failure(error)) }
        let policies = LocalisedText(zh: "策略与生效记录一致", en: "policies are those put in force")
        do {
            try await open.authority.policies.check()
            line(policies, .success(""))
        } catch { line(policies, .failure(error)) }
        let rejected = LocalisedText(zh: "有效证书的密钥都可用", en: "no valid certificate has a rejected key")
        do {
            try await open.weakKeys.requireNoneInUse()
            line(rejected, .success(""))
        } catch { line(rejected, .failure(error)) }
        let revocations = LocalisedText(zh: "吊销按时完成", en: "revocations are done in time")
        do {
            if let alarm = try await open.revocationAlarm() { throw alarm }
            line(revocations, .success(""))
        } catch { line(revocations, .failure(error)) }
        let unfinished = LocalisedText(zh: "介质上没有未完成的办理", en: "nothing is unfinished on security keys")
        do {
            let plans = try await open.keys.openPlans()
            // One of today may be on its way at this moment; it is listed, and no fault.
            let old = plans.filter { $0.changedAt < now.adding(days: -1) }
            for plan in plans { Console.say("  \(plan.line)") }
            line(
                unfinished,
                old.isEmpty
                    ? .success(plans.isEmpty ? "" : "\(plans.count)")
                    : .failure(
                        Refusal(SecurityKeysRefusal.openPlan, detail: "\(old.count) older than a day: yzt key plans")))
        } catch { line(unfinished, .failure(error)) }
        let taken = LocalisedText(zh: "接收的档案仍在本机", en: "archives that were imported are kept")
        do {
            try await open.archives.requireImported(in: open.keptArchives)
            line(taken, .success(""))
        } catch { line(taken, .failure(error)) }
        let signed = LocalisedText(zh: "每个工作日会签", en: "counter-signed each working day")
        do {
            if let alarm = try await open.countersigningAlarm() { throw alarm }
            let years = open.countersigningDuty.unknownYears(at: now).map(String.init).joined(separator: " ")
            let lacking = "日历中没有官方安排 · Policies/working-days.yaml lacks the notice for: \(years)"
            line(signed, .success(years.isEmpty ? "" : lacking))
        } catch { line(signed, .failure(error)) }
        line(LocalisedText(zh: "磁盘剩余", en: "free disk"), Result { try freeDisk(open.configuration.data) })
        do throws(CardError) {
            let readers = try await open.readers.list()
            line(LocalisedText(zh: "读卡器", en: "readers"), .success("\(readers.count)"))
        } catch { line(LocalisedText(zh: "读卡器", en: "readers"), .failure(error.refusal)) }
        await open.database.close()
        if failures > 0 { throw ExitCode(ExitStatus.refused) }
    }

    /// The limit under which `serve`, started as this command was, would hold its connections.
    private func openFiles() throws -> String {
        let needed = try ServiceConfiguration.read(at: authority.configuration).networkLimits().filesNeeded
        let allowed = OpenFileLimit.current.hard
        guard allowed >= needed else {
            throw Refusal(
                InstallationRefusal.tooFewFiles, facts: ["allowed": String(allowed), "needed": String(needed)])
        }
        return "\(needed)"
    }

    /// A store that meets a full disk refuses every act, safely; so it is said before.
    private static let leastFreeMebibytes: Int64 = 1024

    private func freeDisk(_ folder: String) throws -> String {
        let free = try FileManager.default.attributesOfFileSystem(forPath: folder)[.systemFreeSize]
        guard let bytes = (free as? NSNumber)?.int64Value, bytes >> 20 >= Self.leastFreeMebibytes else {
            throw Refusal(
                InstallationRefusal.diskNearlyFull,
                facts: [
                    "path": folder, "free": String((free as? NSNumber).map { $0.int64Value >> 20 } ?? 0),
                    "least": String(Self.leastFreeMebibytes),
                ])
        }
        return "\(bytes >> 20) MiB"
    }
}
