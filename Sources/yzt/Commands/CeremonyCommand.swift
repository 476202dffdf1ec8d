import ArgumentParser
import CardAgent
import Ceremony
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration

struct CeremonyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ceremony", abstract: "Make roots and issuing authorities: scripted, witnessed, repeatable.",
        discussion: """
            On a machine without a network and without the service, with a folder of its own:

                yzt ceremony plan    --script ceremony.yaml --root .
                yzt ceremony root    --script ceremony.yaml --root . --folder CEREMONY

            On the service's machine, then again on the first, then back:

                yzt ceremony request --generation sm2-entity-1 --out sm2-entity-1.p10
                yzt ceremony issuing --script ceremony.yaml --root . --folder CEREMONY \\
                                     --generation sm2-entity-1 --request sm2-entity-1.p10 \\
                                     --share A.share --share B.share --share C.share
                yzt ceremony install --stage CEREMONY/002-issuing-sm2-entity-1 \\
                                     --root-sha256 …
                yzt ceremony officers --key "READER 0" --second-key "READER 1"

            A later generation goes the same way, ordered by two officers, while the service runs. Interrupted \
            anywhere, the same command goes on. When nobody is left who may order, the custodians open the first \
            officers' bootstrap again: yzt ceremony reopen on the root's machine, then install and officers here. Policies/ceremony.md says who does what; yzt init --evaluation is the \
            quick way, with the root's key in a file.
            """,
        subcommands: [
            Plan.self, Root.self, Issuing.self, RootList.self, Reopen.self, Request.self, Install.self, Officers.self,
            RollOver.self, ReopenHere.self, TranscriptCommand.self,
        ])

    /// What every command on the root's machine takes.
    struct RootOptions: ParsableArguments {
        @Option(help: "The ceremony's script (YAML); see Documentation/ceremony-script.yaml.") var script: String
        @Option(help: "The folder that holds CA/ and Policies/.") var root: String = "."
        @Option(help: "Where custodians' passphrases come from: pinentry, terminal, or fd:N (one a line).")
        var pinEntry = PINEntryArgument(.pinentry(program: "pinentry"))
        @Flag(help: "Nobody is asked: in an evaluation alone, and the transcript says so.") var unattended = false

        func machine(folder: String) throws -> RootMachine {
            guard let text = try? String(contentsOfFile: script, encoding: .utf8) else {
                throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": script])
            }
            return try RootMachine(
                folder: CeremonyFolder(path: folder), scriptText: text, scriptFile: script,
                book: PolicyBook(version: 1, files: PolicyFiles.named(root)),
                service: CeremonyTable(passphrases: pinEntry.source, isUnattended: unattended), surroundings: .real,
                machine: .read(unlockedMemory: ProcessHardening.lockMemory()))
        }
    }

    /// The custodians' files.
    struct ShareOptions: ParsableArguments {
        @Option(name: .customLong("share"), help: "A custodian's share; give it for each of them.")
        var files: [String] = []

        func brought() throws -> [BroughtShare] {
            try files.map { BroughtShare(file: $0, bytes: try CeremonyFile.read($0)) }
        }
    }

    struct Plan: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The dry run: build, lint and show every artefact; sign and store nothing.")
        @OptionGroup var options: RootOptions

        func run() async throws { try await options.machine(folder: "/nonexistent").dryRun() }
    }

    struct Root: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the root: key, certificate, first list, and each custodian's share.",
            discussion: "The key exists in memory and as shares alone. Made already, the root is only named.")
        @OptionGroup var options: RootOptions
        @Option(help: "The ceremony's own folder; made if it is not there.") var folder: String

        func run() async throws { Console.say(try await options.machine(folder: folder).makeRoot().path) }
    }

    struct Issuing: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Join the root from its custodians' shares and sign an issuing authority.")
        @OptionGroup var options: RootOptions
        @OptionGroup var shares: ShareOptions
        @Option(help: "The ceremony's folder.") var folder: String
        @Option(help: "The issuing generation, as CA/ names it.") var generation: String
        @Option(help: "What `yzt ceremony request` wrote on the service's machine.") var request: String

        func run() async throws {
            let stage = try await options.machine(folder: folder).certifyIssuing(
                generation, request: CeremonyFile.read(request), shares: shares.brought())
            Console.say(stage.path)
        }
    }

    struct RootList: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Join the root and sign its next revocation list.",
            discussion: "Reasons: unspecified, keyCompromise, caCompromise, superseded, cessationOfOperation.")
        @OptionGroup var options: RootOptions
        @OptionGroup var shares: ShareOptions
        @Option(help: "The ceremony's folder.") var folder: String
        @Option(help: "The serial number of an issuing authority that is revoked.") var revoke: SerialArgument?
        @Option(help: "RFC 5280's reason.") var because: AuthorityReason = .unspecified

        func run() async throws {
            let reason = because.reason
            let stage = try await options.machine(folder: folder).publishList(
                shares.brought(),
                revoking: revoke.map { [RootMachine.Revoking(serialNumber: $0.serial, reason: reason)] } ?? [])
            Console.say(stage.path)
        }
    }

    struct TranscriptCommand: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "transcript", abstract: "Transcripts of ceremonies.", subcommands: [Verify.self])

        struct Verify: AsyncParsableCommand {
            static let configuration = CommandConfiguration(
                abstract: "Verify every stage of a ceremony's folder: signatures, order, artefacts.",
                discussion: """
                    The same with openssl, for one stage (SM2: -sm3 with -sigopt distid:1234567812345678):

                        openssl dgst -sha256 -verify p256-root-1.pub.pem \\
                                -signature transcript.sig transcript.txt
                    """)
            @Argument(help: "The ceremony's folder.") var folder: String
            @Option(help: "The root's certificate that you trust (DER or PEM).") var rootCertificate: String?

            func run() async throws {
                let anchor = try rootCertificate.map { path in
                    let bytes = try CeremonyFile.read(path)
                    let isPEM = bytes.starts(with: Array("-----".utf8))
                    return try Certificate(
                        der: isPEM ? PEM.decodeFirst("CERTIFICATE", in: String(decoding: bytes, as: UTF8.self)) : bytes)
                }
                let (root, stages) = try TranscriptReading.verify(CeremonyFolder(path: folder), anchor: anchor)
                for stage in stages {
                    Console.say("\(stage.stage)  \(stage.purpose)  sha256 \(Hex.encode(stage.hash))")
                    for (name, hash) in stage.artefacts.sorted(by: { $0.key < $1.key }) {
                        Console.say("    \(name)  sha256 \(hash)")
                    }
                }
                Console.say("根 · root \(root.subject)")
                Console.say("  sha256 \(Hex.encode(root.fingerprint))")
            }
        }
    }
}

/// One of RFC 5280's reasons for which an authority is revoked, by its name there.
enum AuthorityReason: String, ExpressibleByArgument, CaseIterable {
    case unspecified, keyCompromise, caCompromise, superseded, cessationOfOperation

    var reason: RevocationReason {
        switch self {
        case .unspecified: .unspecified
        case .keyCompromise: .keyCompromise
        case .caCompromise: .caCompromise
        case .superseded: .superseded
        case .cessationOfOperation: .cessationOfOperation
        }
    }
}
