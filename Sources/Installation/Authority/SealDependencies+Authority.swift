internal import CertificateProfiles
internal import CertificateRecords
internal import CreditCodes
package import ElectronicSeals
internal import KeyCustody
package import LegalEntities
internal import TimeStamping

import Cryptography
import Groundwork

extension SealDependencies {
    /// What this authority itself knows: its records, its anchors, its registry, its time stamp authority.
    package init(_ authority: Authority, registry: RegistryStore) {
        self.init(
            certificateStatus: { serial, transaction in
                try authority.issuers.storeStatus.require()
                guard let record = try CertificateStore.certificate(serial, in: transaction) else { return nil }
                return try SealCertificateStatus(record)
            },
            intermediates: { authority.issuers.issuing.map(\.certificate) },
            anchors: { authority.issuers.anchors },
            entityName: { text, transaction in
                guard let code = try? UnifiedSocialCreditCode(trustingStored: text) else { return nil }
                return try registry.record(of: code, in: transaction)?.name
            },
            timeStamp: { request in await authority.timeStamps.respond(request) })
    }
}

extension SealCertificateStatus {
    init(_ record: CertificateRecord) throws(Refusal) {
        let purpose: Purpose =
            switch record.purpose {
            case .authentication: .authentication
            case .signature: .signature
            case .encryption: .encryption
            default: .other
            }
        let since = record.revocation?.revokedAt ?? record.issuedAt
        let state: State =
            switch record.issuerIsValid ? record.storedState : .revoked {
            case .issued: .issued
            // That it ran out is seen in the certificate itself.
            case .active, .expired: .active
            case .suspended: .suspended(since: since)
            case .revoked: .revoked(replaced: record.revocation?.wasReplacement ?? false, since: since)
            }
        self.init(
            certificate: try record.certificate(), purpose: purpose, state: state, uscc: record.creditCode,
            medium: record.medium)
    }
}

extension RevocationFact {
    /// Renewal supersedes a certificate; a change of the entity's data changes its affiliation (RFC 5280, 5.3.1).
    fileprivate var wasReplacement: Bool { reason == .superseded || reason == .affiliationChanged }
}
