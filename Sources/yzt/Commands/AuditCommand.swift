import ArgumentParser
import Audit
import CertificateAuthority
import Cryptography
import Foundation
import Groundwork
import Storage

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The audit trail: a Merkle log with signed checkpoints.",
        subcommands: [Export.self, Verify.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a checkpoint and write the whole log with its proofs to a directory.")
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The directory.") var directory: String

        func run() async throws {
            let open = try await authority.open()
            try await open.exportAudit(to: directory)
            Console.say("已导出到 \(directory) · exported; check it with yzt audit verify \(directory)")
            await open.database.close()
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify an export by itself: no service, no database.",
            discussion: """
                Take the key from where you trust it, and a checkpoint line that you kept (--held): without one, an \
                authority that rewrote everything and signed it anew would not be found out. Exit status 0 if all holds.
                """)
        @Argument(help: "The export's directory.") var directory: String
        @Option(help: "The audit's public key (PEM). Without it the export's own key.pem is taken, and said so.")
        var key: String?
        @Option(help: "A file with a checkpoint line that you kept.") var held: String?

        func run() async throws {
            let path = key ?? directory + "/" + AuditExport.publicKey
            guard let data = FileManager.default.contents(atPath: path) else {
                throw Refusal(CommandRefusal.unreadableFile, facts: ["path": path])
            }
            let spki = try PEM.decodeFirst("PUBLIC KEY", in: String(decoding: data, as: UTF8.self))
            if key == nil { Console.error("公钥取自导出目录本身 · the key is the export's own: \(path)") }
            var checkpoints: [Checkpoint] = []
            if let held {
                guard let line = FileManager.default.contents(atPath: held) else {
                    throw Refusal(CommandRefusal.unreadableFile, facts: ["path": held])
                }
                let text = line.split(separator: 0x0A).first.map { Array($0) } ?? []
                guard let signed = SignedCheckpoint(line: text) else {
                    throw Refusal(CommandRefusal.badArgument, facts: ["argument": held])
                }
                checkpoints = [signed.checkpoint]
            }
            let verdict = try AuditVerifier.verify(
                directory: directory, publicKey: PublicKey(spki: spki), held: checkpoints)
            if let refusal = verdict.refusal { throw refusal }
            Console.say(
                "成立 · holds: \(verdict.events) events, \(verdict.checkpoints) checkpoints, \(verdict.covered) covered")
        }
    }
}

extension OpenAuthority {
    /// A checkpoint that covers everything, then the export.
    func exportAudit(to directory: String) async throws {
        try await checkpoint()
        let key = try authority.service(.checkpoints).signer.publicKey
        try await audit.export(to: directory, database: database, publicKey: key)
    }
}
