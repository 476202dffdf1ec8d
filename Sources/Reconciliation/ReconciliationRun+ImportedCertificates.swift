internal import Audit
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import LongTermEvidence
internal import Storage

/// What other authorities' archives brought, against those archives.
extension ReconciliationRun {
    private static let page = 500

    /// Each record is the archive's, and each of the archive's is there. What is our own is held against our audit.
    mutating func compareImported(_ kept: ImportedRecords) async throws {
        let archives = try await reconciliation.database.read { transaction in
            try transaction.query(
                """
                SELECT hash, origin IS NOT DISTINCT FROM $1 AS is_own FROM taken_archive
                WHERE done_at IS NOT NULL ORDER BY begun_at, hash
                """, AuditLog.origin(in: transaction)
            ).map { (hash: try $0.blob("hash"), isOwn: try $0.bool("is_own")) }
        }
        // Of our own, which brought back what was pruned, no record is believed but by our audit.
        var told: [[UInt8]: [SerialNumber: [UInt8]]] = [:]
        for archive in archives {
            do throws(Refusal) { told[archive.hash] = archive.isOwn ? [:] : try kept.records(of: archive.hash) } catch {
                try found(.takenRecordDiffers, Hex.encode(archive.hash), error.code)
            }
        }
        try await compareTakenRecords(told)
        for archive in archives {
            try await findTakenRecords(told[archive.hash]?.keys.sorted() ?? [], of: archive.hash)
        }
    }

    /// Of archives that are not kept, or came meanwhile, nothing is compared.
    private mutating func compareTakenRecords(_ told: [[UInt8]: [SerialNumber: [UInt8]]]) async throws {
        var last: [UInt8] = []
        while true {
            let rows = try await reconciliation.database.read { [last] transaction in
                try transaction.query(
                    """
                    SELECT t.sha256 AS sha256, t.serial AS serial, t.archive AS archive, t.record AS record
                    FROM taken_certificate t JOIN taken_archive a ON a.hash = t.archive
                    WHERE t.sha256 > $1 AND a.done_at IS NOT NULL
                        AND NOT EXISTS (SELECT 1 FROM pruned_certificate p WHERE p.serial = t.serial)
                        AND NOT EXISTS (SELECT 1 FROM certificate c WHERE c.serial = t.serial AND c.der = t.der)
                    ORDER BY t.sha256 LIMIT $2
                    """, last, Self.page
                ).map { row in
                    (
                        sha256: try row.blob("sha256"),
                        claim: TakenClaim(
                            serial: try row.serial("serial"), archive: try row.blob("archive"),
                            record: DigestAlgorithm.sha256.hash(try row.blob("record")))
                    )
                }
            }
            for (_, claim) in rows {
                guard let records = told[claim.archive], records[claim.serial] != claim.record else { continue }
                try found(.takenRecordDiffers, claim.serial.hex, Hex.encode(claim.archive))
            }
            guard let end = rows.last?.sha256 else { return }
            last = end
        }
    }

    private mutating func findTakenRecords(_ serials: [SerialNumber], of archive: [UInt8]) async throws {
        for start in stride(from: 0, to: serials.count, by: Self.page) {
            let page = serials[start..<min(start + Self.page, serials.count)]
            let missing = try await reconciliation.database.read { transaction in
                try page.filter { serial in
                    try transaction.first("SELECT 1 AS found FROM taken_certificate WHERE serial = $1", serial.bytes)
                        == nil
                }
            }
            for serial in missing {
                try found(.takenRecordDiffers, serial.hex, "\(Hex.encode(archive)): not in the table")
            }
        }
    }
}
