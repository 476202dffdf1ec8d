import ArgumentParser
import Audit
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import LongTermEvidence
import Registration
import Storage

extension CertificateCommand {
    struct ValidAt: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "valid-at",
            abstract: "Answer, signed and time-stamped: was this certificate valid at that moment?",
            discussion: """
                Verdicts: good, suspended, revoked, not-yet-issued, not-yet-valid, not-yet-active, expired, unknown. The \
                answer says since when and until when it held, with the history and the audit events behind it.

                    yzt certificate valid-at 1a2b… 2026-05-04T10:00:00+08:00 --out answer
                """)
        @OptionGroup var authority: AuthorityOptions
        @Argument(help: "The serial number.") var serial: SerialArgument
        @Argument(help: "The moment, RFC 3339 with its zone.") var moment: MomentArgument
        @Option(help: "The folder to make for the answer and what proves it.") var out: String?

        func run() async throws {
            let open = try await authority.open()
            let answer = try await open.authority.validity.answer(.serial(serial.serial), at: moment.instant)
            if let out {
                try open.requireAbsent(out)
                try FileManager.default.createDirectory(atPath: out, withIntermediateDirectories: true)
                for file in try await open.answerFiles(answer) {
                    try Data(file.bytes).write(to: URL(filePath: out + "/" + file.name))
                }
            }
            try answer.say()
            await open.database.close()
        }
    }

    struct VerifyAnswer: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "verify-answer",
            abstract: "Verify a long-term answer offline, from a root that you trust.",
            discussion: """
                Checks the time stamp and its authority's path, the signature and the signer's path, purpose and status. \
                The file is what the public address answered, or answer.yzt.json of `valid-at --out`.
                """)
        @Argument(help: "The file.") var file: String
        @OptionGroup var trust: TrustOptions

        func run() throws {
            let statement = try TimeStampedStatement(bytes: FileArgument.read(file, limit: 1 << 24))
            let time = try statement.verify(trust.trust())
            try statement.say()
            Console.say("签名成立于 · signed at \(time.shown) (Asia/Shanghai)")
        }
    }
}

/// A moment as an argument.
struct MomentArgument: ExpressibleByArgument {
    let instant: Instant
    init?(argument: String) {
        guard let instant = Instant(rfc3339: argument) else { return nil }
        self.instant = instant
    }
}

/// What somebody who verifies offline trusts.
struct TrustOptions: ParsableArguments {
    @Option(name: .customLong("anchor"), help: "A root certificate, PEM or DER; may be given several times.")
    var anchors: [String]
    @Option(help: "The policy of the authority's own signing certificates (CP-CPS, 1.4).")
    var servicePolicy = "1.3.6.1.4.1.32473.1156.1.6"

    func trust() throws -> TimeStampedStatement.Trust { try Self.trust(anchors, servicePolicy) }

    static func trust(_ anchors: [String], _ servicePolicy: String) throws -> TimeStampedStatement.Trust {
        TimeStampedStatement.Trust(anchors: try roots(anchors), servicePolicy: try OID(validating: servicePolicy))
    }

    /// The roots in the named files.
    static func roots(_ anchors: [String]) throws -> [Certificate] {
        var certificates: [Certificate] = []
        for path in anchors {
            let bytes = try FileArgument.read(path, limit: 1 << 20)
            if bytes.starts(with: Array("-----".utf8)) || !bytes.starts(with: [0x30]) {
                for block in try PEM.decode(String(decoding: bytes, as: UTF8.self)) where block.label == "CERTIFICATE" {
                    certificates.append(try Certificate(der: block.der))
                }
            } else {
                certificates.append(try Certificate(der: bytes))
            }
        }
        // What is no root is no anchor: a chain file may be given whole.
        let roots = certificates.filter(\.isSelfIssued)
        guard !roots.isEmpty else {
            throw Refusal(CommandRefusal.noAnchor, facts: ["path": anchors.joined(separator: ", ")])
        }
        return roots
    }
}

/// A file named on the command line.
enum FileArgument {
    static func read(_ path: String, limit: Int) throws -> [UInt8] {
        guard let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int, size <= limit,
            let data = FileManager.default.contents(atPath: path)
        else { throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path]) }
        return Array(data)
    }
}

extension TimeStampedStatement {
    /// The answer in one line.
    func say() throws {
        guard let statement = ValidityStatement(body: body) else {
            throw Refusal(LongTermEvidenceRefusal.malformedAnswer)
        }
        let finding = statement.finding
        let since = finding.since.map { " 自 since \($0.shown)" } ?? ""
        let until = finding.until.map { " 至 until \($0.shown)" } ?? ""
        let reason = finding.reason.map { " (\($0))" } ?? ""
        let dates =
            finding.revokedAt.map { " [失效 invalid since \(finding.since?.shown ?? "?"), 吊销 revoked at \($0.shown)]" }
            ?? ""
        Console.say(
            "\(statement.serial.hex) @ \(statement.at.shown): \(finding.verdict.label.zh) · "
                + "\(finding.verdict.label.en)\(reason)\(since)\(until)\(dates) (Asia/Shanghai)")
    }
}

extension OpenInstallation {
    /// The answer as files, with the audit's evidence for each line of the history.
    func answerFiles(_ answer: TimeStampedStatement) async throws -> [(name: String, bytes: [UInt8])] {
        guard let statement = ValidityStatement(body: answer.body) else { return [] }
        _ = try await checkpoint()
        let (record, evidence) = try await database.read { [audit] transaction in
            (
                try CertificateStore.certificate(statement.serial, in: transaction),
                statement.archive == nil
                    ? try statement.history.compactMap(\.event).compactMap {
                        try audit.evidence(of: $0, in: transaction)?.json
                    } : []
            )
        }
        return try AnswerFolder.files(answer, certificate: record?.certificate(), evidence: evidence)
    }

    func requireAbsent(_ path: String) throws {
        if FileManager.default.fileExists(atPath: path) {
            throw Refusal(ArchiveRefusal.archiveExists, facts: ["path": path])
        }
    }
}
