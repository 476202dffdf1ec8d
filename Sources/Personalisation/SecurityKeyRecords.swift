internal import AgentProtocol
internal import Cryptography
internal import Groundwork
package import Reconciliation
internal import SecurityKeys
package import Storage

/// The records of security keys, as reconciliation asks for them.
package struct SecurityKeyRecords: KeyRecords {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func page(
        after cursor: [UInt8], limit: Int
    ) async throws -> (records: [WrittenCertificate], cursor: [UInt8]) {
        let page = try await database.read { try KeyCertificateStore.page(after: cursor, limit: limit, in: $0) }
        var records: [WrittenCertificate] = []
        for entry in page { records.append(Self.written(entry)) }
        return (records, page.last?.fingerprint ?? cursor)
    }

    package func record(fingerprint: [UInt8]) async throws -> WrittenCertificate? {
        try await database.read { try KeyCertificateStore.entry(fingerprint: fingerprint, in: $0) }.map(Self.written)
    }

    package func isInWork(_ medium: [UInt8]) async throws -> Bool {
        guard let name = MediumNumber(medium) else { return false }
        return try await database.read { try PlanJournal.isOpen(on: name, in: $0) }
    }

    private static func written(_ entry: KeyCertificateStore.Entry) -> WrittenCertificate {
        WrittenCertificate(
            serial: CertificateHeader(der: entry.certificate)?.serialNumber, fingerprint: entry.fingerprint,
            medium: entry.medium.bytes, slot: UInt8(entry.slot.rawValue, radix: 16) ?? 0, entity: entry.entity)
    }
}
