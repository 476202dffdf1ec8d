import ArgumentParser
import Audit
import Foundation
import Groundwork
import Installation
import Officers
import Registration
import Storage

extension AuditCommand {
    struct Prove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a file that shows one event in the log to somebody who has no access to it.",
            discussion: """
                EVENT is an identifier (audit_…) or a leaf's number. --held FILE with a checkpoint line that the other \
                side kept adds the proof that the log continues from there.

                    yzt audit prove audit_0193… --held theirs.jsonl --out event.proof
                    yzt audit verify event.proof --key key.pem --held theirs.jsonl
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The event, or its leaf.") var event: EventArgument
        @Option(help: "A file with a checkpoint line that the other side holds.") var held: String?
        @Option(help: "The proof file.") var out: String

        func run() async throws {
            let open = try await authority.open()
            let held = try held.map { try AuditFiles.checkpoint($0) }
            let audit = open.audit
            let identifier =
                switch event {
                case .leaf(let leaf): try await open.database.read { try audit.event(at: leaf, in: $0) }
                case .identifier(let identifier): identifier
                }
            let proof = try await open.auditOrders.prove([identifier], held: held)
            try AuditFiles.write(proof, to: out)
            Console.say("\(identifier.shown) → \(out)")
            await open.database.close()
        }
    }

    /// An event as an argument: its identifier, or the number of its leaf.
    enum EventArgument: ExpressibleByArgument {
        case leaf(Int)
        case identifier(AuditEventIdentifier)

        init?(argument: String) {
            if let leaf = Int(argument), leaf >= 0 {
                self = .leaf(leaf)
            } else if let identifier = AuditEventIdentifier(shown: argument) {
                self = .identifier(identifier)
            } else {
                return nil
            }
        }
    }

    struct Countersign: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The audit administrator signs the newest checkpoint, and with it everything before.",
            discussion: """
                Once each working day (Policies/working-days.yaml). The end of the log is checked first; what does not \
                follow from the last checkpoint is not signed.

                    yzt audit countersign --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Option(help: "Why, for the audit.") var reason = "working day"

        func run() async throws {
            let open = try await authority.open()
            let made = try await open.auditOrders.countersign(reason: reason, by: officer.keys(open))
            Console.say("检查点 \(made.number) 已会签 · checkpoint \(made.number) is counter-signed")
            await open.database.close()
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Destroy personal data of an event, or of every event about a subject, and write the receipt.",
            discussion: """
                What remains in the log is a hash that nobody can open; the tree stays whole, and exports say \
                "deleted". The receipt is a proof of the events that record it. Two officers order it.

                    yzt audit forget officer_0193… --out receipt.proof \\
                        --reason "asked by the holder" \\
                        --officer "READER 0" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The event (audit_…), or the subject of events.") var subject: String
        @Option(help: "Only this datum, such as name.") var name: String?
        @Option(help: "The receipt.") var out: String
        @Option(help: "Why, for the audit.") var reason: String

        func run() async throws {
            try OutputFile.expectWritable(out, new: true)
            let open = try await authority.open()
            let receipt = try await open.auditOrders.forget(
                AuditOversight.Scope(subject), named: name, reason: reason, by: officer.keys(open))
            try AuditFiles.write(receipt, to: out)
            Console.say("已删除 \(receipt.events.count) 处，回执 \(out) · deleted in \(receipt.events.count) events")
            await open.database.close()
        }
    }

    struct Open: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Give out personal data of an event with what opens their commitments, as a proof file.",
            discussion: """
                Whoever has the file can show to anybody what the log committed to: yzt audit verify FILE prints it. \
                That it was given out is recorded. After yzt audit forget nobody can do this any more.

                    yzt audit open audit_0193… --out name.proof \\
                        --reason "court order 17" --officer "READER 1"
                """)
        @OptionGroup var authority: AuthorityOptions
        @OptionGroup var officer: OfficerOptions
        @Argument(help: "The event (audit_…), or the subject of events.") var subject: String
        @Option(help: "Only this datum, such as name.") var name: String?
        @Option(help: "The proof file; nobody but you may read it.") var out: String
        @Option(help: "Why, for the audit.") var reason: String

        func run() async throws {
            try OutputFile.expectWritable(out, new: true)
            let open = try await authority.open()
            let proof = try await open.auditOrders.openPersonal(
                AuditOversight.Scope(subject), named: name, reason: reason, by: officer.keys(open))
            try AuditFiles.write(proof, to: out)
            Console.say("\(proof.openings.count) → \(out)")
            await open.database.close()
        }
    }
}

extension AuditFiles {
    /// Mode 0600, never over another file.
    static func write(_ proof: AuditProof, to path: String) throws {
        let bytes = proof.bytes + [0x0A]
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw Refusal(
                CommandRefusal.unwritableFile, detail: String(cString: strerror(errno)), facts: ["path": path])
        }
        let written = bytes.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) } == bytes.count
        guard close(descriptor) == 0, written else {
            throw Refusal(CommandRefusal.unwritableFile, detail: "not written", facts: ["path": path])
        }
    }
}
