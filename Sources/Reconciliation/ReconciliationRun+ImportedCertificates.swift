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
        let archives = try await reconciliation.database.read { try ImportedCertificates.archives(in: $0) }
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
            let rows = try await reconciliation.database.read { [last] in
                try ImportedCertificates.claims(after: last, limit: Self.page, in: $0)
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
                try page.filter { try !ImportedCertificates.has($0, in: transaction) }
            }
            for serial in missing {
                try found(.takenRecordDiffers, serial.hex, "\(Hex.encode(archive)): not in the table")
            }
        }
    }
}
