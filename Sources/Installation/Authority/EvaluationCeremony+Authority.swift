package import Audit
package import CertificateRecords
package import Ceremony
package import Cryptography
package import Groundwork
package import Issuance
package import KeyCustody
package import LongTermEvidence
package import Storage

extension EvaluationCeremony {
    /// Makes the authority, with its keys in files, and opens it.
    /// - Parameters:
    ///   - passphrase: encrypts the key files; it is not kept.
    ///   - keysDirectory: `keys` in the data directory.
    ///   - statusBase: the status address, plain http: the only one that certificates name.
    package static func create(
        _ family: AlgorithmFamily, policies files: PolicyFiles, passphrase: borrowing SecretBytes,
        keysDirectory: String, statusBase: String, database: Database, audit: AuditLog, surroundings: Surroundings,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        try await create(
            family, policies: files,
            keys: JournalledKeys(files: keysDirectory, passphrase: passphrase, surroundings: surroundings),
            statusBase: statusBase, database: database, audit: audit, surroundings: surroundings, observer: observer)
    }

    /// The same with keys kept elsewhere.
    package static func create(
        _ family: AlgorithmFamily, policies files: PolicyFiles, keys: any SigningKeys, statusBase: String,
        database: Database, audit: AuditLog, surroundings: Surroundings, kept: ImportedArchives? = nil,
        observer: @escaping IssuanceObserver = { _, _ in }
    ) async throws -> Authority {
        try await make(
            family, policies: files, keys: keys, statusBase: statusBase, database: database, audit: audit,
            surroundings: surroundings, observer: observer)
        return try await Authority.open(
            database: database, audit: audit, keys: keys, surroundings: surroundings, kept: kept, observer: observer)
    }
}
