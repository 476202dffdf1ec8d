internal import Audit
internal import CertificateRecords
package import Cryptography
internal import Groundwork
package import Officers
internal import Storage

/// What predecessors' archives keep about a certificate, found again by its number and given out on an auditor's order.
extension ArchiveDesk {
    /// From each archive that was taken over and has the number, the earliest first.
    /// - Throws: `unknown-certificate` where none has, `archive-not-kept`, `kept-archive-damaged`.
    package func estates(of serial: SerialNumber, in kept: KeptArchives) async throws -> [KeptEstate] {
        let found = try await takenOver().compactMap { try kept.estate(of: serial, in: $0) }
        guard !found.isEmpty else {
            throw Refusal(CertificateRecordsRefusal.unknownCertificate, facts: ["serial": serial.hex])
        }
        return found
    }

    /// The first archive that should be kept and is not there, as after a backup that left the folder out.
    /// - Throws: `archive-not-kept`.
    package func requireKept(in kept: KeptArchives) async throws {
        for archive in try await takenOver() { try kept.requireThere(archive) }
    }

    /// Of our own, which brought pruned records back, nothing else is kept.
    private func takenOver() async throws -> [[UInt8]] {
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

    /// What an auditor signs to have it given out: personal data in clear leave the house.
    package func request(
        toOpen serial: SerialNumber, of estates: [KeptEstate], words: String
    ) -> CanonicalRequest {
        CanonicalRequest(
            .exportAudit, subject: ArchiveDesk.subject(kept: serial), parameters: ArchiveDesk.parameters(estates),
            reason: words, in: surroundings)
    }

    private static func subject(kept serial: SerialNumber) -> String { "taken-over:\(serial.hex)" }

    private static func parameters(_ estates: [KeptEstate]) -> [String: CanonicalJSON] {
        ["archives": .array(estates.map { .string(Hex.encode($0.archive)) })]
    }

    /// Writes it to a folder that is not there yet, a folder for each archive, with what shows whose it is. The order
    /// is used up, and the log says so, before anything is written.
    package func open(
        _ serial: SerialNumber, of estates: [KeptEstate], to path: String, on order: Authorisation
    ) async throws {
        try order.require(
            .exportAudit, subject: ArchiveDesk.subject(kept: serial), parameters: ArchiveDesk.parameters(estates))
        let folder = try ArchiveFolder(path: path)
        do {
            try await database.write { [audit] transaction in
                try order.spend(in: transaction)
                for estate in estates {
                    try audit.record(
                        AuditEvent(
                            act: LongTermEvidenceAct.archiveOpened, actor: order.actor,
                            subject: Hex.encode(estate.archive), facts: ["serial": .string(serial.hex)]),
                        in: transaction)
                }
            }
            for estate in estates {
                for (name, bytes) in estate.files + estate.proofs {
                    try folder.write(bytes, "\(Hex.encode(estate.archive))/\(name)")
                }
            }
            try folder.finish()
        } catch let refusal as Refusal {
            folder.discard()
            throw refusal
        }
    }
}
