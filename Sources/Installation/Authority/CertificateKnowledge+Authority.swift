package import Authentication
internal import CertificateProfiles
internal import CertificateRecords
internal import CertificateStatus
internal import CreditCodes
internal import KeyCustody
package import LegalEntities

import Audit
import Cryptography
import Groundwork

extension CertificateKnowledge {
    /// What this authority itself knows: its records, its own OCSP responder, its anchors.
    package init(_ authority: Authority) {
        self.init(
            certificateStatus: { serial, transaction in
                try authority.issuers.storeStatus.require()
                return try CertificateStore.certificate(serial, in: transaction).map(LoginCertificateStatus.init)
            },
            statusAnswer: { certificate in
                guard
                    let issuer = authority.issuers.issuing.first(where: { $0.certificate.subject == certificate.issuer }
                    )
                else { throw Refusal(AuthenticationRefusal.foreignCertificate, detail: "no issuer of ours") }
                let question = OCSPRequest(
                    certificates: [OCSPCertID(issuer: issuer.certificate, serialNumber: certificate.serialNumber)],
                    nonce: nil)
                return await authority.status.ocsp(question.der, issuer: issuer.generation).der
            },
            intermediates: { authority.issuers.issuing.map(\.certificate) },
            anchors: { authority.issuers.anchors })
    }
}

extension LoginCertificateStatus {
    init(_ record: CertificateRecord) {
        let purpose: Purpose =
            switch record.purpose {
            case .authentication: .authentication
            case .signature: .signature
            case .encryption: .encryption
            default: .other
            }
        // Below a revoked authority nothing is good, whatever was said of the certificate itself.
        let state: State =
            switch record.issuerIsValid ? record.storedState : .revoked {
            case .issued: .issued
            // That it ran out is seen in the certificate itself.
            case .active, .expired: .active
            case .suspended: .suspended
            case .revoked: .revoked
            }
        self.init(
            certificate: record.der, purpose: purpose, state: state, uscc: record.creditCode, medium: record.medium)
    }
}

extension Verifications {
    /// Entities as the registry knows them.
    package static func entities(in registry: RegistryStore) -> EntityLookup {
        { text, transaction in
            guard let code = try? UnifiedSocialCreditCode(trustingStored: text),
                let record = try registry.record(of: code, in: transaction)
            else { return nil }
            let entity = try registry.knownEntity(of: code, actor: .system, in: transaction)
            return (entity.subject, record.name)
        }
    }
}
