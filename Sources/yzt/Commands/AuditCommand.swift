import ArgumentParser
import Audit
import Cryptography
import Foundation
import Groundwork
import Installation
import Registration
import Storage

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "The audit trail: a Merkle log with signed, time-stamped, counter-signed checkpoints.",
        discussion: """
            Whoever keeps a checkpoint can show later that nothing before it was altered, removed or put in another \
            order: yzt audit checkpoint prints the newest, and so do receipts and the public address.

                yzt audit checkpoint > held.jsonl
                yzt audit export trail --officer "READER 0"
                yzt audit verify trail --held held.jsonl

            Tools/verify-audit checks the same export with nothing but Python and openssl.
            """,
        subcommands: [
            Checkpoint.self, Export.self, Verify.self, Prove.self, Countersign.self, Forget.self, Open.self,
        ])

    struct Checkpoint: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a checkpoint if anything happened, and print the newest: one line to keep elsewhere.")
        @OptionGroup var authority: AuthorityOptions

        func run() async throws {
            let open = try await authority.open()
            let signed = try await open.checkpoint()
            let audit = open.audit
            if let summary = try await open.database.read({ try audit.latestCheckpointSummary(in: $0) }) {
                Console.error("\(summary.text.zh)\n\(summary.text.en)")
            }
            Console.say(String(decoding: signed.line, as: UTF8.self))
            await open.database.close()
        }
    }

    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Sign a checkpoint and write the whole log with its proofs to a directory.",
            discussion: """
                The audit administrator or an auditor orders it, and the order is in what is written. Personal data are \
                not in it, only commitments to them; personal.jsonl says which were deleted since. Verifying it, and \
                proving single events (yzt audit prove), needs nobody's key.

                    yzt audit export trail --officer "READER 0"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The directory.") var directory: String
        @Option(help: "Why, for the audit.") var reason = "export of the audit"

        func run() async throws {
            let open = try await authority.open()
            try await open.auditOrders.exportAudit(to: directory, reason: reason, by: officer.keys(open))
            Console.say("已导出到 \(directory) · exported; check it with yzt audit verify \(directory)")
            await open.database.close()
        }
    }

    struct Verify: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Verify an export or a proof file by itself, or the store of this authority (--store).",
            discussion: """
                Take the key from where you trust it, and a checkpoint line that you kept (--held): without one, an \
                authority that rewrote everything and signed it anew would not be found out. Exit status 0 if all holds.

                    yzt audit verify trail --key key.pem --anchors roots.pem --held held.jsonl
                    yzt audit verify event.proof --key key.pem --held held.jsonl
                    yzt audit verify --store

                --store reads the database itself: every event, every node of the tree, every checkpoint and \
                counter-signature, and the checkpoint that the service keeps beside the store. A row that was edited \
                by hand is named. Keys and roots are the store's own, unless you give others.

                A counter-signature is an audit administrator's by the log's own events about its officers, and its \
                certificate names --officer-policy: no other certificate under the same roots counts.

                Before a key that was exchanged the file of --key says when (Ended: 2026-11-21T10:00:00Z): a checkpoint \
                that it signed counts if its time stamp is of that second or earlier (a proof needs --anchors for \
                that), or if a later checkpoint of the export counts.
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The export's directory, or a proof file.") var path: String?
        @Flag(help: "Check the database of this authority, not an export.") var store = false
        @Option(help: "The audit's public keys (PEM). Without it an export's own key.pem is taken, and said so.")
        var key: String?
        @Option(help: "The roots (PEM). Without it an export's own anchors.pem is taken.") var anchors: String?
        @Option(
            help: """
                The policy that officers' certificates name (CP-CPS, 1.2). For an export it is \
                \(AuditFiles.officerPolicy) where none is given; --store looks at it only then.
                """)
        var officerPolicy: String?
        @Option(help: "A file with a checkpoint line that you kept.") var held: String?

        func validate() throws {
            guard store != (path != nil) else {
                throw ValidationError("须指定导出文件夹或证明文件，或用 --store · name an export or a proof file, or give --store")
            }
            var isFolder: ObjCBool = false
            if let path, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
                key == nil
            {
                throw ValidationError(
                    "证明文件须用 --key 指定审计公钥核对 · a proof file is checked with --key, the audit's public keys")
            }
        }

        func run() async throws {
            let checkpoints = try held.map { [try AuditFiles.checkpoint($0)] } ?? []
            guard let path else { return try await verifyStore(checkpoints) }
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue {
                return try verifyProof(path, checkpoints.first)
            }
            let own = path + "/"
            if key == nil || anchors == nil {
                Console.error("公钥或根证书取自导出目录本身 · keys or roots are the export's own")
            }
            let between = own + AuditExport.intermediates
            let trust = try AuditFiles.trust(
                key: key ?? own + AuditExport.publicKey, anchors: anchors ?? own + AuditExport.anchors,
                intermediates: between, officerPolicy: officerPolicy ?? AuditFiles.officerPolicy)
            try report(AuditVerifier(trust: trust, held: checkpoints).verify(directory: path))
        }

        private func verifyStore(_ held: [Audit.Checkpoint]) async throws {
            let open = try await authority.open()
            let trust = try trust(of: await open.auditTrust())
            let verdict = try await open.verifyAuditStore(held: held, trust: trust)
            await open.database.close()
            try report(verdict)
        }

        /// What the caller names goes before what the authority says of itself.
        private func trust(of own: AuditTrust) throws -> AuditTrust {
            AuditTrust(
                checkpointKeys: try key.map { try AuditFiles.keys($0) } ?? own.checkpointKeys,
                anchors: try anchors.map { try AuditFiles.certificates($0) } ?? own.anchors,
                intermediates: own.intermediates, officerPolicy: try officerPolicy.map { try OID(validating: $0) })
        }

        private func verifyProof(_ path: String, _ held: Audit.Checkpoint?) throws {
            let proof = try AuditProof(bytes: AuditFiles.bytes(path))
            try proof.verify(
                trust: AuditFiles.trust(key: key ?? path, anchors: anchors, intermediates: nil), held: held)
            let checkpoint = proof.signed.checkpoint
            Console.say(
                "成立 · holds: \(proof.events.count) events under checkpoint \(checkpoint.number) of "
                    + checkpoint.time.shown)
            for event in proof.events { Console.say("\(event.leaf)  \(String(decoding: event.line, as: UTF8.self))") }
            for opening in proof.openings { Console.say("\(opening.event.shown)  \(opening.name) = \(opening.datum)") }
        }

        private func report(_ verdict: AuditVerdict) throws {
            if let refusal = verdict.refusal { throw refusal }
            Console.say(
                "成立 · holds: \(verdict.events) events, \(verdict.checkpoints) checkpoints, \(verdict.covered) covered, "
                    + "\(verdict.stamped) time stamps within \(verdict.stampedWithin) s, "
                    + "\(verdict.deletedPersonal) personal data deleted")
            if let last = verdict.countersigned, let time = verdict.countersignedAt {
                Console.say(
                    "最后会签 · last counter-signed: checkpoint \(last.number), \(last.size) events, \(time.shown)")
            } else {
                Console.say("尚无会签 · no checkpoint was counter-signed yet")
            }
        }
    }
}

/// The files that a verification reads.
enum AuditFiles {
    static func bytes(_ path: String) throws -> [UInt8] {
        guard let bytes = RegularFile.bytes(at: path, limit: AuditProof.sizeLimit) else {
            throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path])
        }
        return bytes
    }

    /// The checkpoint of a file's first line.
    static func checkpoint(_ path: String) throws -> Audit.Checkpoint {
        let line = try bytes(path).split(separator: 0x0A).first.map { Array($0) } ?? []
        guard let signed = SignedCheckpoint(line: line) else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": path])
        }
        return signed.checkpoint
    }

    /// The policy that officers' certificates name as shipped (`Policies/profiles/officer.yaml`).
    static let officerPolicy = "1.3.6.1.4.1.32473.1156.1.3"

    static func trust(
        key: String, anchors: String?, intermediates: String?, officerPolicy: String = officerPolicy
    ) throws -> AuditTrust {
        AuditTrust(
            checkpointKeys: try keys(key), anchors: try anchors.map { try certificates($0) } ?? [],
            intermediates: try intermediates.map { try certificates($0) } ?? [],
            officerPolicy: try OID(validating: officerPolicy))
    }

    static func keys(_ path: String) throws -> [CheckpointKey] { try CheckpointKey.keys(in: bytes(path)) }

    static func certificates(_ path: String) throws -> [Certificate] {
        try AuditTrust.certificates(pem: String(decoding: bytes(path), as: UTF8.self))
    }
}
