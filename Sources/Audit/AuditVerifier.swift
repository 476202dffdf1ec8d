internal import Foundation
package import Cryptography
package import Groundwork

/// Checks an export by itself: no database, nothing but its files, the audit's public key from elsewhere, and a
/// checkpoint that the verifier already held.
///
/// Without a held checkpoint, an authority that rewrote everything and signed it anew would not be found out.
package struct AuditVerifier: Sendable {
    private let trust: AuditTrust
    private let held: [Checkpoint]

    package init(trust: AuditTrust, held: [Checkpoint] = []) {
        self.trust = trust
        self.held = held
    }

    /// Verifies the export in that directory. Files that cannot be read are a Refusal, not a verdict.
    package static func verify(
        directory: String, publicKey: PublicKey, held: [Checkpoint] = []
    ) throws(Refusal) -> AuditVerdict {
        try AuditVerifier(trust: AuditTrust(keys: [publicKey]), held: held).verify(directory: directory)
    }

    /// Reads each file in one pass (the events once more where a name seems to stand twice), so that the memory it
    /// takes grows with the counter-signatures, the personal data and the faults alone.
    package func verify(directory: String) throws(Refusal) -> AuditVerdict {
        let words = try LineFile.read("\(directory)/\(AuditExport.countersignatures)", limit: 1 << 20)
        let proofs = ExportedProofs(directory: directory)
        var reading = ExportReading(
            trust: trust, held: held, words: words, wanted: try proofs.leaves(window: 0),
            expected: ExportReading.expected(in: directory))
        try reading.read(directory)
        let malformed = try reading.malformed(directory)
        let covered = min(reading.comparison.events, reading.newest?.size ?? 0)
        var faults = reading.comparison.faults(malformed: malformed) + reading.chainFaults + reading.endFaults
        faults += reading.heldFaults
        faults += try proofs.faults(hashes: reading.hashes, newest: reading.newest)
        let countersigned = CountersignatureCheck(
            lines: words, recorded: reading.recorded, trust: trust, checkpoints: reading.countersigned, covered: covered
        )
        faults += countersigned.faults.prefix(20)
        faults += try personalFaults(directory, reading.personal)
        return AuditVerdict(
            events: reading.comparison.events, checkpoints: reading.checkpoints, covered: covered,
            stamped: trust.judgesTime ? reading.tokens : 0, stampedWithin: reading.stampedWithin,
            countersigned: countersigned.last?.checkpoint, countersignedAt: countersigned.last?.time,
            deletedPersonal: reading.personal.deleted(below: covered), faults: faults)
    }

    /// The list of personal data is exactly what the events say.
    private func personalFaults(_ directory: String, _ personal: PersonalRecord) throws(Refusal) -> [AuditFault] {
        let lines = try LineFile.read("\(directory)/\(AuditExport.personal)", limit: 1 << 20)
        let expected = personal.lines
        guard lines != expected else { return [] }
        let index = zip(lines, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let line = index.map { expected[$0] } ?? (expected.dropFirst(lines.count).first ?? lines.last ?? [])
        let json = try? CanonicalJSON(parsingCanonical: line)
        return [.personal(event: json?["event"]?.string ?? "?", name: json?["name"]?.string ?? "?")]
    }
}
