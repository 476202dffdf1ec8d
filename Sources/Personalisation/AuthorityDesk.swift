internal import AgentProtocol
package import Audit
package import CertificateAuthority
package import Cryptography
internal import Groundwork
package import Officers
internal import SecurityKeys

/// The certificate authority as a plan sees it.
package struct AuthorityDesk: CertifyingAuthority {
    private let issuance: Issuance
    private let revocation: RevocationDesk
    private let certificates: CertificateStore
    private let actor: AuditActor
    private let officersOrder: Authorisation?

    /// - Parameter officersOrder: the order for an officer's own certificate, which the authority asks for; other
    ///   certificates are covered by the plan's order.
    package init(
        issuance: Issuance, revocation: RevocationDesk, certificates: CertificateStore, actor: AuditActor = .system,
        officersOrder: Authorisation? = nil
    ) {
        self.issuance = issuance
        self.revocation = revocation
        self.certificates = certificates
        self.actor = actor
        self.officersOrder = officersOrder
    }

    package func certify(_ wish: CertificateWish) async throws -> Certificate {
        let holder = wish.holder
        let record = try await issuance.issue(
            IssuanceRequest(
                profile: wish.profile,
                subject: SubjectDetails(
                    stateOrProvince: holder.stateOrProvince, locality: holder.locality,
                    organization: holder.organization, organizationalUnit: holder.organizationalUnit,
                    commonName: holder.commonName, creditCode: holder.creditCode),
                proof: .request(wish.request),
                location: KeyLocation(
                    medium: wish.medium.bytes, place: UInt8(wish.place.rawValue, radix: 16), model: wish.model,
                    batch: wish.stock.batch, servicePoint: wish.stock.servicePoint, origin: wish.origin.text),
                actor: actor, reference: wish.reference, authorisation: officersOrder))
        return try record.certificate()
    }

    package func certificate(under reference: String) async throws -> Certificate? {
        try await certificates.certificate(reference: reference)?.certificate()
    }

    package func activate(_ certificates: [Certificate]) async throws -> [Certificate] {
        var ended: [Certificate] = []
        for certificate in certificates {
            do {
                try await revocation.activate(certificate.serialNumber, actor: actor)
            } catch let refusal as Refusal
                where refusal.isBecause(CertificateAuthorityRefusal.activationTooLate)
                || refusal.isBecause(CertificateAuthorityRefusal.wrongState)
            {
                ended.append(certificate)
            }
        }
        return ended
    }

    package func revoke(_ certificates: [Certificate], because ending: CertificateEnding) async throws {
        for certificate in certificates {
            try await revocation.revoke(
                certificate.serialNumber, reason: ending.reason, on: .onBehalf(actor, reason: ending.rawValue))
        }
    }
}

extension CertificateEnding {
    /// RFC 5280, 5.3.1.
    var reason: RevocationReason {
        switch self {
        case .superseded: .superseded
        case .neverActivated: .cessationOfOperation
        case .lost: .keyCompromise
        }
    }
}
