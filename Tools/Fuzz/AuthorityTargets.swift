@testable import CertificateProfiles
@testable import CertificateRecords
import Cryptography
import Foundation
import Groundwork
@testable import KeyCustody
@testable import LongTermEvidence
import Officers
@testable import Revocation

@testable import ElectronicSeals

/// Files of the authority: journals, lists, archives, answers, policies.
enum AuthorityTargets {
    static let key: PublicKey? = FuzzScratch.certificate?.publicKey

    /// A journal of the right key whose lines are anything, read from its beginning and from within.
    static func journal(_ bytes: [UInt8]) {
        for line in bytes.split(separator: SigningLine.newline).prefix(64) { _ = SigningLine.Parsed(line) }
        guard let key else { return }
        let header = SigningLine.header(of: key)
        let path = FuzzScratch.file(header + bytes, "journal")
        do {
            var reader = try SigningJournalReader(path: path, key: key)
            while try reader.next() != nil {}
            precondition(reader.offset == header.count + bytes.count, "a journal that is not read to its end")
            var later = try SigningJournalReader(file: JournalDescriptor(reading: path), from: bytes.count / 2)
            while try later.next() != nil {}
        } catch {}
    }

    static func bulk(_ bytes: [UInt8]) {
        guard case .list(let lines) = BulkSelection.list(file: bytes) else { return }
        for line in lines { _ = BulkSelection.Entry(line: line) }
    }

    static func policy(_ text: String) {
        _ = try? Hierarchy.decode(text, file: "p")
        _ = try? CertificateProfile.decode(text, file: "p")
        _ = try? CertificatePolicy.decode(text, file: "p")
        _ = try? RetentionPolicy.decode(text)
        _ = try? DualControl(yaml: text, file: "p")
        _ = try? SealPolicy(yaml: text, file: "p")
    }

    /// A record of an archive is what this type writes, and judging it ends.
    static func record(_ bytes: [UInt8]) {
        guard let record = ArchiveRecord(body: bytes) else { return }
        precondition(record.body == bytes, "a record that is written differently")
        guard let trust,
            let judge = try? ArchiveRecordJudge(
                trust: trust, issuers: trust.anchors, origin: "", checkpoints: [], auditKeys: [])
        else { return }
        _ = try? judge.verify(record, listed: [])
    }

    /// Manifest, sums and checkpoints of an archive, one of them.
    static func manifest(_ bytes: [UInt8]) {
        if let manifest = ArchiveManifest(body: bytes) { _ = manifest.hash }
        _ = try? ArchiveSums(bytes)
        guard let trust, let certificate = FuzzScratch.certificate else { return }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        _ = try? ArchiveRecordJudge(
            trust: trust, issuers: trust.anchors, origin: "", checkpoints: lines, auditKeys: [certificate])
    }

    /// `[event] \n [line of the history]`: whether the one bears the other out is a question that always ends.
    static func history(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1).map { Array($0) }
        guard let first = parts.first, let change = AuditedChange(line: first), let last = parts.last,
            let json = try? CanonicalJSON(parsing: last), let line = StatusEvent(json: json)
        else { return }
        precondition(StatusEvent(json: line.json) == line, "a line of a history that is read differently")
        for fingerprint in [nil, FuzzScratch.certificate?.fingerprint] {
            _ = (change.bearsOut(line, of: fingerprint), change.couldHaveMade(line, of: fingerprint))
        }
    }

    /// Every rule judges whatever can be read.
    static func lint(_ bytes: [UInt8]) {
        let issuer = FuzzScratch.certificate
        _ = Linter.findings(der: bytes, in: LintContext(issuer: issuer)).map(\.text)
        _ = Linter.findings(list: bytes, in: CRLContext(issuer: issuer)).map(\.text)
        _ = Linter.findings(answer: bytes, in: ResponseContext(issuer: issuer, responder: issuer)).map(\.text)
    }

    static func answer(_ bytes: [UInt8]) {
        if let statement = ValidityStatement(body: bytes) {
            precondition(statement.body == bytes, "an answer that is written differently")
        }
        guard let answer = try? TimeStampedStatement(bytes: bytes) else { return }
        _ = try? answer.time()
        _ = ValidityStatement(body: answer.body)
        if let trust { _ = try? answer.verify(trust) }
    }

    private static let trust: TimeStampedStatement.Trust? = FuzzScratch.certificate.map { certificate in
        TimeStampedStatement.Trust(anchors: [certificate], servicePolicy: "1.2.3.4")
    }
}
