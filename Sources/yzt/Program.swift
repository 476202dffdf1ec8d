import ArgumentParser
import Foundation
import Groundwork
import Registration

/// The entry: hardens the process before anything else, and turns what a command throws into a sentence and a status.
@main
enum Program {
    static func main() async {
        do {
            try ProcessHardening.apply()
            var command = try YZT.parseAsRoot()
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
            if Console.hasLostOutput { exit(ExitStatus.failed) }
        } catch let refusal as Refusal {
            Console.report(refusal)
            exit(refusal.retry == .later ? ExitStatus.tryAgain : ExitStatus.refused)
        } catch let code as ExitCode {
            // A command that has said what it found, such as `doctor`.
            exit(code.rawValue)
        } catch let error as CocoaError where error.filePath != nil {
            // A folder or file that the machine does not let us make or read.
            let path = error.filePath ?? ""
            let reason = error.underlying.map { "\($0.localizedDescription)" } ?? error.localizedDescription
            let isReading = [.fileReadNoPermission, .fileReadNoSuchFile, .fileNoSuchFile].contains(error.code)
            let facts = ["path": path]
            Console.report(
                isReading
                    ? Refusal(RegistrationRefusal.unreadableFile, detail: reason, facts: facts)
                    : Refusal(CommandRefusal.unwritableFile, detail: reason, facts: facts))
            exit(ExitStatus.refused)
        } catch let error where YZT.exitCode(for: error) == .failure {
            // Not ours and not the argument parser's: the machine failed, not the request.
            Console.error("失败 · failed: \(error)")
            exit(ExitStatus.failed)
        } catch  where YZT.exitCode(for: error) == .validationFailure {
            Console.error(UsageError.shown(YZT.fullMessage(for: error)))
            exit(ExitCode.validationFailure.rawValue)
        } catch {
            YZT.exit(withError: error)
        }
    }
}

/// 0 done, 1 refused, 2 failed, 64 usage (the argument parser's), 75 try again (sysexits.h).
enum ExitStatus {
    static let refused: Int32 = 1
    static let failed: Int32 = 2
    static let tryAgain: Int32 = 75
}

struct YZT: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "yzt",
        abstract: "一证通: the authority behind the USB keys of legal entities (法人).",
        discussion: """
            A first authority on this machine, for evaluation:

                yzt init --evaluation
                yzt serve

            Then, at the readers: yzt officer enrol, registry import, key stock-in, key enrol, application register, \
            seal make, seal stamp. yzt doctor looks at whatever does not work.

            Every act of an officer takes that officer's key: --officer names the reader that it is in, twice where \
            Policies/dual-control.yaml asks for two. PINs are asked for by pinentry, at the terminal, or read from a \
            file descriptor (--pin-entry); they are never arguments.

            Exit status: 0 done, 1 refused, 2 failed, 64 usage, 75 try again.
            """,
        version: ProgramVersion.text,
        subcommands: [
            InitCommand.self, CeremonyCommand.self, ServeCommand.self, OfficerCommand.self, RegistryCommand.self,
            KeyCommand.self, VaultCommand.self,
            CertificateCommand.self, ApplicationCommand.self, SealCommand.self, AuditCommand.self, PolicyCommand.self,
            ReconcileCommand.self, ForecastCommand.self, ClockCommand.self, ArchiveCommand.self, RetentionCommand.self,
            DoctorCommand.self,
            LifeCommand.self,
        ])
}
