package import Cryptography
package import Groundwork
package import Storage

/// Finds certificates. Everybody finds a key by its certificate, never by a place's number.
package struct CertificateStore: Sendable {
    private let database: Database

    package init(database: Database) { self.database = database }

    package func certificate(_ serial: SerialNumber) async throws -> CertificateRecord? {
        try await database.read { try CertificateStore.certificate(serial, in: $0) }
    }

    /// All certificates of a legal entity, the newest first.
    package func certificates(creditCode: String) async throws -> [CertificateRecord] {
        try await database.read { try CertificateStore.certificates(creditCode: creditCode, in: $0) }
    }

    /// All certificates whose keys are, or were, on a medium, the newest first.
    package func certificates(medium: [UInt8]) async throws -> [CertificateRecord] {
        try await database.read { try CertificateStore.certificates(medium: medium, in: $0) }
    }

    /// The record of exactly this certificate: a serial number alone could be another authority's.
    package func record(of certificate: Certificate) async throws -> CertificateRecord? {
        try await self.certificate(certificate.serialNumber).flatMap { $0.der == certificate.der ? $0 : nil }
    }

    package static func certificate(
        _ serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> CertificateRecord? {
        try transaction.first(
            "SELECT \(CertificateRecord.columns) FROM \(CertificateRecord.source) WHERE c.serial = $1", serial.bytes
        ).map(CertificateRecord.init)
    }

    package static func certificates(
        creditCode: String, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CertificateRecord] {
        try records(
            transaction.query(
                """
                SELECT \(CertificateRecord.columns) FROM \(CertificateRecord.source)
                WHERE c.credit_code = $1 ORDER BY c.issued_at DESC, c.serial
                """, creditCode))
    }

    package static func certificates(
        medium: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> [CertificateRecord] {
        try records(
            transaction.query(
                """
                SELECT \(CertificateRecord.columns) FROM \(CertificateRecord.source)
                WHERE c.medium = $1 ORDER BY c.issued_at DESC, c.serial
                """, medium))
    }

    /// The record, or `unknown-certificate`.
    package static func required(
        _ serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> CertificateRecord {
        guard let record = try certificate(serial, in: transaction) else {
            throw Refusal(CertificateRecordsRefusal.unknownCertificate, facts: ["serial": serial.hex])
        }
        return record
    }

    private static func records(_ rows: [Row]) throws(Refusal) -> [CertificateRecord] {
        var records: [CertificateRecord] = []
        for row in rows { records.append(try CertificateRecord(row)) }
        return records
    }
}

extension CertificateStore {
    /// The certificate that was issued under a reference; `nil` where none was.
    package func certificate(reference: String) async throws -> CertificateRecord? {
        try await database.read { transaction in
            guard case .issued(let serial) = try IntentStore.earlier(reference: reference, in: transaction) else {
                return nil
            }
            return try CertificateStore.certificate(serial, in: transaction)
        }
    }
}
