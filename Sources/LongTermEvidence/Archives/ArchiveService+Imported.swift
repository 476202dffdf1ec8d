internal import Audit
internal import CertificateRecords
package import Cryptography
internal import Groundwork
package import Officers
internal import Storage

/// What predecessors' archives keep about a certificate, found again by its number and given out on an auditor's order.
extension ArchiveService {
    /// From each archive that was imported and has the number, the earliest first.
    /// - Throws: `unknown-certificate` where none has, `archive-not-kept`, `kept-archive-damaged`.
    package func recordBundles(of serial: SerialNumber, in kept: ImportedArchives) async throws
        -> [ImportedRecordBundle]
    {
        let found = try await imported().compactMap { try kept.recordBundle(of: serial, in: $0) }
        guard !found.isEmpty else {
            throw Refusal(CertificateRecordsRefusal.unknownCertificate, facts: ["serial": serial.hex])
        }
        return found
    }

    /// The first archive that should be kept and is not there, as after a backup that left the folder out.
    /// - Throws: `archive-not-kept`.
    package func requireImported(in kept: ImportedArchives) async throws {
        for archive in try await imported() { try kept.requireThere(archive) }
    }

    /// Of our own, which brought pruned records back, nothing else is kept.
    private func imported() async throws -> [[UInt8]] {
        try await database.read { transaction in
            let own = try AuditLog.origin(in: transaction)
            return try transaction.query(
                """
                SELECT hash FROM taken_archive WHERE done_at IS NOT NULL AND origin IS DISTINCT FROM $1
                ORDER BY begun_at, hash
                """, own
            ).map { try $0.blob("hash") }
        }
    }

    /// What an auditor signs to have it given out: personal data in clear leave the installation.
    package func request(
        toOpen serial: SerialNumber, of recordBundles: [ImportedRecordBundle], justification: String
    ) -> CanonicalRequest {
        CanonicalRequest(
            .exportAudit, subject: ArchiveService.subject(kept: serial),
            parameters: ArchiveService.parameters(recordBundles),
            reason: justification, in: surroundings)
    }

    private static func subject(kept serial: SerialNumber) -> String { "taken-over:\(serial.hex)" }

    private static func parameters(_ recordBundles: [ImportedRecordBundle]) -> [String: CanonicalJSON] {
        ["archives": .array(recordBundles.map { .string(Hex.encode($0.archive)) })]
    }

    /// Writes it to a folder that is not there yet, a folder for each archive, with what shows whose it is. The order
    /// is used up, and the log says so, before anything is written.
    package func open(
        _ serial: SerialNumber, of recordBundles: [ImportedRecordBundle], to path: String, on order: Authorisation
    ) async throws {
        try order.require(
            .exportAudit, subject: ArchiveService.subject(kept: serial),
            parameters: ArchiveService.parameters(recordBundles))
        let folder = try ArchiveFolder(path: path)
        do {
            try await database.write { [audit] transaction in
                try order.spend(in: transaction)
                for recordBundle in recordBundles {
                    try audit.record(
                        AuditEvent(
                            act: LongTermEvidenceAct.archiveOpened, actor: order.actor,
                            subject: Hex.encode(recordBundle.archive), facts: ["serial": .string(serial.hex)]),
                        in: transaction)
                }
            }
            for recordBundle in recordBundles {
                for (name, bytes) in recordBundle.files + recordBundle.proofs {
                    try folder.write(bytes, "\(Hex.encode(recordBundle.archive))/\(name)")
                }
            }
            try folder.finish()
        } catch let refusal as Refusal {
            folder.discard()
            throw refusal
        }
    }
}
