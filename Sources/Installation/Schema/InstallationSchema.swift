package import Audit
internal import Authentication
internal import CertificateProfiles
package import CertificateRecords
internal import Cryptography
internal import ElectronicSeals
package import Groundwork
internal import LegalEntities
package import LongTermEvidence
internal import Officers
internal import SecurityKeys
package import Storage

/// The tables of the whole installation, and what each room keeps for a time only: put together here, where all rooms
/// are seen, for the commands and the tests alike.
package enum InstallationSchema {
    /// Every room's tables, in the rooms' order.
    package static let migrations = [
        AuditLog.migrations, OfficersMigrations.set, LegalEntitiesMigrations.set, SecurityKeysMigrations.all,
        CertificateAuthorityMigrations.set, AuthenticationMigrations.set, ElectronicSealsMigrations.set,
    ]

    /// What goes after a time, on two officers' order.
    package static func retained(_ audit: AuditLog) -> [RetainedRecords] {
        [
            RetainedRecords(
                kind: "key-plans", floor: .certificates,
                count: { try KeyRetention.endedPlans(before: $0, in: $1) },
                remove: { try KeyRetention.removeEndedPlans(before: $0, limit: $1, in: $2) }),
            RetainedRecords(
                kind: "dead-secrets", floor: .none,
                count: { try KeyRetention.deadSecrets(before: $0, in: $1) },
                remove: { try KeyRetention.removeDeadSecrets(before: $0, limit: $1, in: $2) }),
            RetainedRecords(
                kind: "ended-entities", floor: .certificates,
                count: { try RegistryRetention.gone(before: $0, in: $1) },
                remove: { try RegistryRetention.removeGone(before: $0, limit: $1, in: $2) }),
            RetainedRecords(
                kind: "seals", floor: .certificates,
                count: { try SealRetention.ended(before: $0, in: $1) },
                remove: { try SealRetention.remove(before: $0, limit: $1, in: $2) }),
            RetainedRecords(
                kind: "personal-data", floor: .certificates,
                count: { try AuditLog.eventsWithPersonalData(before: $0, in: $1) },
                remove: { try audit.forgetPersonalData(before: $0, limit: $1, in: $2) }),
            .bulkRevocations,
        ]
    }

    /// What rooms keep about a certificate.
    package static let companions = [
        CertificateCompanion(
            kind: "keys", lines: { try KeyRetention.lines(certificate: $0.der, in: $1) },
            remove: { try KeyRetention.remove(certificate: $0.der, in: $1) }),
        CertificateCompanion(
            kind: "logins", lines: { try LoginRetention.lines(certificate: $0.serialNumber, in: $1) },
            remove: { try LoginRetention.remove(certificate: $0.serialNumber, in: $1) }),
        CertificateCompanion(kind: "orders", lines: { try orders(about: $0, in: $1) }),
        CertificateCompanion(
            kind: "entity",
            lines: { record, transaction in
                guard let code = record.creditCode else { return [] }
                return try RegistryRetention.lines(creditCode: code, in: transaction)
            }),
        CertificateCompanion(
            kind: "seals", lines: { try SealRetention.lines(certificate: $0.serialNumber, in: $1) }),
    ]

    /// Every order about the certificate: about its number, its key, the lists on which it was revoked, the medium that
    /// it lay on (application, renewal, unlocking, loss), the seal that it was bound to, the officer that it was given
    /// to.
    private static func orders(
        about record: CertificateRecord, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CanonicalJSON] {
        var wanted = try record.orderSubjects(in: transaction).map(OrderArchive.Wanted.about)
        if let medium = record.medium { wanted.append(.about(Hex.encode(medium))) }
        if let code = record.creditCode { wanted.append(.naming(record.serialNumber.hex, about: code)) }
        if record.purpose == .officer {
            wanted += try OrderArchive.aboutOfficer(
                certificate: record.der, fingerprint: Hex.encode(DigestAlgorithm.sha256.hash(record.der)),
                in: transaction)
        }
        return try OrderArchive.lines(wanted, in: transaction)
    }

    /// Whether the policies say of everything how long it is kept, and long enough.
    /// - Throws: `certificate-authority.malformed-policy`.
    package static func check(_ book: PolicyBook, _ audit: AuditLog) throws(Refusal) {
        try book.retention.check(retained(audit), companions, longestLife: book.longestLife)
    }
}
