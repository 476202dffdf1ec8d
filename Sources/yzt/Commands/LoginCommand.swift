import ArgumentParser
import Authentication
import CertificateRecords
import Foundation
import Groundwork
import Installation
import KeyCustody
import Storage

struct LoginCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "login", abstract: "What proves a login (登录凭据): given out, and checked by anybody.",
        subcommands: [Give.self, Verify.self])

    struct Give: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "evidence",
            abstract: "Write the evidence of a login: statement, signature, chain, status, its place in the audit.",
            discussion: """
                Until a checkpoint covers the login (yzt audit checkpoint) it comes without its place in the audit.

                    yzt login evidence login_0193… --out evidence.json
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The login (login_…), as the application was told.") var login: LoginArgument
        @Option(help: "The file; readable by you alone.") var out: String

        func run() async throws {
            let login = login.id
            try OutputFile.expectWritable(out)
            let open = try await authority.open()
            let evidence = try await EvidenceExport(
                database: open.database, audit: open.audit,
                checkpointCertificate: open.authority.service(.checkpoints).certificate
            ).evidence(of: login)
            guard
                FileManager.default.createFile(
                    atPath: out, contents: Data(evidence.bytes), attributes: [.posixPermissions: 0o600])
            else { throw Refusal(CommandRefusal.unwritableFile, facts: ["path": out]) }
            Console.say("\(login.shown) → \(out)")
            await open.database.close()
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Check a login's evidence offline, years later, with the roots alone.",
            discussion: """
                Names each check and what came of it. Exit status 0 if it holds, 1 otherwise; what only the audit adds \
                may be missing from evidence that was given out before a checkpoint.

                    yzt login verify evidence.json --anchor root.pem
                """)
        @Argument(help: "The file.") var file: String
        @Option(name: .customLong("anchor"), help: "A root certificate, PEM or DER; may be given several times.")
        var anchors: [String]

        func run() throws {
            let verdict = try EvidenceVerifier.verify(
                FileArgument.read(file, limit: 1 << 20), anchors: TrustOptions.roots(anchors))
            for check in EvidenceCheck.allCases {
                Console.say("  \(check.rawValue)  \(verdict.outcomes[check].map { "\($0)" } ?? "absent")")
            }
            guard verdict.holds else {
                Console.say("不成立 · does not hold")
                throw ExitCode(ExitStatus.refused)
            }
            Console.say(
                verdict.isComplete ? "成立 · holds" : "成立，缺审计部分 · holds, without its place in the audit")
        }
    }
}

/// A login as an argument.
struct LoginArgument: ExpressibleByArgument {
    let id: LoginIdentifier

    init?(argument: String) {
        guard let id = LoginIdentifier(shown: argument) else { return nil }
        self.id = id
    }
}
