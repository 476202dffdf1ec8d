internal import Audit
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Storage

/// One audit event for each stage that was held on the root's machine, oldest first, none twice: the offline part of a
/// ceremony stands in the log stage by stage, bound by its transcripts' hashes.
struct CeremonyHistory {
    let bundle: CeremonyBundle
    let audit: AuditLog

    func record(by actor: AuditActor, in transaction: any Transaction) throws(Refusal) {
        let readings = [bundle.transcript] + bundle.earlier
        // The oldest transcript at hand names one more.
        if let last = readings.last, let parts = last.previous?.wholeMatch(of: /(\S+) sha256 ([0-9a-f]{64})/)?.output {
            try record(
                String(parts.1), hash: String(parts.2), ["named by": .string(last.stage)], by: actor, in: transaction)
        }
        for reading in readings.reversed() {
            try record(
                reading.stage, hash: Hex.encode(reading.hash),
                [
                    "purpose": .string(reading.purpose), "resumptions": .integer(Int64(reading.resumptions)),
                    "artefacts": .array(
                        reading.artefacts.sorted { $0.key < $1.key }.map { .string("\($0.key) \($0.value)") }),
                ], by: actor, in: transaction)
        }
    }

    private func record(
        _ stage: String, hash: String, _ facts: [String: CanonicalJSON], by actor: AuditActor,
        in transaction: any Transaction
    ) throws(Refusal) {
        let setting = "ceremony-stage/\(hash)"
        guard try AuthoritySetting.value(setting, in: transaction) == nil else { return }
        try AuthoritySetting.set(setting, stage, in: transaction)
        try audit.record(
            AuditEvent(
                act: CeremonyAct.ceremonyStage, actor: actor, subject: stage,
                facts: facts.merging(["transcript": .string(hash)]) { $1 }), in: transaction)
    }
}
