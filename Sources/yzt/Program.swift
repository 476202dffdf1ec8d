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
        } catch {
            CommandEnding.report(error)
            exit(CommandEnding.status(of: error))
        }
    }
}

/// How a command ends that did not come to its own end: the sentence and the status.
enum CommandEnding {
    static func status(of error: any Error) -> Int32 {
        if let refusal = refusal(error) {
            return refusal.retry == .later ? ExitStatus.tryAgain : ExitStatus.refused
        }
        // A command that has said what it found, such as `doctor`.
        if let code = error as? ExitCode { return code.rawValue }
        let code = YZT.exitCode(for: error)
        return code == .failure ? ExitStatus.failed : code.rawValue
    }

    static func report(_ error: any Error) {
        if let refusal = refusal(error) { return Console.report(refusal) }
        if error is ExitCode { return }
        switch YZT.exitCode(for: error) {
        // Not ours and not the argument parser's: the machine failed, not the request.
        case .failure: Console.error("失败 · failed: \(error)")
        case .validationFailure: Console.error(UsageError.shown(YZT.fullMessage(for: error)))
        // Help or version, which were asked for.
        default: Console.say(YZT.fullMessage(for: error))
        }
    }

    /// Ours, or a folder or file that the machine does not let us make or read.
    private static func refusal(_ error: any Error) -> Refusal? {
        if let refusal = error as? Refusal { return refusal }
        guard let error = error as? CocoaError, let path = error.filePath else { return nil }
        let reason = error.underlying.map { "\($0.localizedDescription)" } ?? error.localizedDescription
        let isReading = [.fileReadNoPermission, .fileReadNoSuchFile, .fileNoSuchFile].contains(error.code)
        let facts = ["path": path]
        return isReading
            ? Refusal(RegistrationRefusal.unreadableFile, detail: reason, facts: facts)
            : Refusal(CommandRefusal.unwritableFile, detail: reason, facts: facts)
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
            CertificateCommand.self, ApplicationCommand.self, LoginCommand.self, SealCommand.self, AuditCommand.self,
            PolicyCommand.self,
            ReconcileCommand.self, RestoreCommand.self, ForecastCommand.self, ClockCommand.self, ArchiveCommand.self,
            RetentionCommand.self,
            DoctorCommand.self,
            LifeCommand.self,
        ])
}
