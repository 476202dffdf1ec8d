import ArgumentParser
import Cryptography
import Foundation
import Groundwork
import Installation
import LongTermEvidence
import Registration
import Storage

struct ArchiveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "archive", abstract: "Archives of certificates, verifiable without this service (电子签名法, 23, 24).",
        subcommands: [Export.self, Verify.self, Import.self, Show.self])

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write an archive to a folder that is not there yet.",
            discussion: """
                Certificates, issuers, histories with the audit events behind them, revocation lists, long-term \
                answers; listed, signed and time-stamped. The authority's own certificates always go along. What is \
                more than one archive holds becomes several below the folder. The audit administrator or an auditor \
                orders it, for personal data are in it. Interrupted, the same command, ordered again, goes on. Exactly \
                one of --serial, --ended-before and --all.

                    yzt archive export --ended-before 2021-01-01T00:00:00Z archive-2020 \\
                        --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The folder.") var directory: String
        @Option(name: .customLong("serial"), help: "One certificate; may be given several times.")
        var serials: [SerialArgument] = []
        @Option(help: "All whose validity ended before this moment (RFC 3339).") var endedBefore: MomentArgument?
        @Flag(help: "All certificates.") var all = false
        @Option(help: "Why, for the audit.") var reason = "archive"

        private var scopes: [ArchiveScope] {
            (serials.isEmpty ? [] : [.serials(serials.map(\.serial))])
                + (endedBefore.map { [.endedBefore($0.instant)] } ?? []) + (all ? [.all] : [])
        }

        func validate() throws {
            guard scopes.count == 1 else {
                throw ValidationError("Give exactly one of --serial, --ended-before, --all.")
            }
        }

        func run() async throws {
            guard let scope = scopes.first else { return }
            let open = try await authority.open()
            let archives = open.archives
            let order = try await open.order(
                archives.request(toExport: scope, justification: reason), by: officer.keys(open))
            let made = try await archives.exportWhole(
                scope, to: URL(filePath: directory).standardizedFileURL.path, on: order,
                checkpoint: { try await open.checkpoint() },
                observer: { step in
                    if case .recordWritten(let number) = step { Console.progress("\(number + 1) …") }
                })
            Console.endProgress()
            for archive in made {
                Console.say("\(archive.manifest.certificates) 张证书已归档 · certificates in \(archive.path)")
                Console.say("\(Hex.encode(archive.manifest.hash))  manifest.json")
            }
            await open.database.close()
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify an archive by itself, from a root that you trust: no service, no database.",
            discussion: "The commands of openssl and sha256sum for the same are in the archive's README.txt.")
        @Argument(help: "The folder.") var directory: String
        @OptionGroup var trust: TrustOptions

        func run() throws {
            let archive = try ArchiveReader(path: directory, trust: trust.trust()).verify()
            archive.say()
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify another authority's archive and take its records over.",
            discussion: """
                From then on `certificate valid-at` and the public address answer for its certificates, without its \
                keys. Two officers order it; interrupted, the same command goes on without another order. Records are \
                named by the certificate's hash: equal serial numbers never mix. The archive itself is kept whole below \
                taken-over/ in the data directory, with all that it has beside the records (archive show), readable by \
                the service's user alone; a further successor imports that folder like any other. Our own archive is \
                taken only after certificates in it were pruned.

                    yzt archive import archive-2020 --anchor other-root.pem \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @OptionGroup var trust: TrustOptions
        @Argument(help: "The folder.") var directory: String
        @Option(help: "Why, for the audit.") var reason = "taken over"

        func run() async throws {
            let archive = try ArchiveReader(path: directory, trust: trust.trust()).verify()
            archive.say()
            let open = try await authority.open()
            let keys = try officer.keys(open)
            let archives = open.archives
            let words = reason
            let count = try await archives.takeOver(
                archive, keeping: open.keptArchives,
                order: { try await open.order(archives.request(toTakeOver: archive, justification: words), by: keys) },
                observer: { step in
                    if case .filesKept(let number) = step, number % 100 == 0 { Console.progress("\(number) …") }
                })
            Console.endProgress()
            Console.say("\(count) 条记录已接收 · records taken over")
            await open.database.close()
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what the archives that were taken over keep about a certificate, or give it out.",
            discussion: """
                Without --out: which archive, what kinds of records, how many. With it, the audit administrator or an \
                auditor orders it, for there are personal data in them; each file can be checked by SHA256SUMS, which the \
                predecessor signed.

                    yzt archive show 1a2b… --out records --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The serial number.") var serial: SerialArgument
        @Option(help: "The folder to make for the records.") var out: String?
        @Option(help: "Why, for the audit.") var reason = "archive"

        func run() async throws {
            let open = try await authority.open()
            let archives = open.archives
            let recordBundles = try await archives.recordBundles(of: serial.serial, in: open.keptArchives)
            for recordBundle in recordBundles {
                Console.say("\(Hex.encode(recordBundle.archive))  \(recordBundle.origin)")
                for (kind, lines) in recordBundle.beside { Console.say("    \(kind)  \(lines)") }
            }
            if let out {
                try open.requireAbsent(out)
                let order = try await open.order(
                    archives.request(toOpen: serial.serial, of: recordBundles, justification: reason),
                    by: officer.keys(open))
                try await archives.open(
                    serial.serial, of: recordBundles, to: URL(filePath: out).standardizedFileURL.path, on: order)
                Console.say("已取出 · given out in \(out)")
            }
            await open.database.close()
        }
    }
}

extension VerifiedArchive {
    func say() {
        Console.say("成立 · holds: \(serials.count) 张证书 certificates, \(issuers.count) 个机构 issuers")
        Console.say("\(manifest.origin)  封存于 · sealed at \(sealedAt.shown) (Asia/Shanghai)")
        Console.say("\(Hex.encode(manifest.hash))  manifest.json")
    }
}
