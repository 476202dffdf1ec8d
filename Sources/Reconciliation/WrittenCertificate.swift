package import Cryptography

/// A certificate that the records of security keys say was made for a place on a medium.
package struct WrittenCertificate: Sendable, Hashable {
    /// `nil` where the record's bytes are no certificate of ours.
    package let serial: SerialNumber?
    /// SHA-256 of the certificate.
    package let fingerprint: [UInt8]
    package let medium: [UInt8]
    package let slot: UInt8
    /// The unified social credit code of the entity that holds the medium; `nil` for an officer's.
    package let entity: String?

    package init(serial: SerialNumber?, fingerprint: [UInt8], medium: [UInt8], slot: UInt8, entity: String?) {
        self.serial = serial
        self.fingerprint = fingerprint
        self.medium = medium
        self.slot = slot
        self.entity = entity
    }
}

/// What the room of security keys knows, lent to reconciliation.
package protocol KeyRecords: Sendable {
    /// Records in an order of their own, after a cursor that the call before gave; an empty page is the end.
    func page(after cursor: [UInt8], limit: Int) async throws -> (records: [WrittenCertificate], cursor: [UInt8])
    /// The record of one certificate, looked for again.
    func record(fingerprint: [UInt8]) async throws -> WrittenCertificate?
    /// Whether something unfinished is on this medium, so that its records may lag behind.
    func isInWork(_ medium: [UInt8]) async throws -> Bool
}
