package import AgentProtocol
package import Audit
package import CertificateRecords
internal import CreditCodes
package import Cryptography
package import Groundwork
package import Issuance
package import Officers
package import Revocation
internal import SecurityKeys
package import Storage

/// The certificate authority as a plan sees it.
package struct RegistrationAuthorityClient: CertifyingAuthority {
    private let issuance: IssuanceService
    private let revocation: RevocationService
    private let certificates: CertificateStore
    private let surroundings: Surroundings
    private let signer: @Sendable () throws -> any Signer
    private let officersOrder: Authorisation?
    private let succession: Succession

    /// Gives an officer the next certificate and ends the one of before, in one transaction.
    package typealias Succession = @Sendable (_ old: Certificate, _ new: Certificate, SpentOrder) async throws -> Void

    /// - Parameters:
    ///   - planSigner: the service's key for statements, which signs plans too: each has its own domain tag.
    ///   - officersOrder: the order for an officer's own certificate, which the authority asks for; other certificates
    ///     are covered by the plan's order.
    ///   - succession: for the renewal of officers' certificates; refused where nothing is given.
    package init(
        issuance: IssuanceService, revocation: RevocationService, certificates: CertificateStore,
        surroundings: Surroundings, planSigner: @escaping @Sendable () throws -> any Signer,
        officersOrder: Authorisation? = nil,
        succession: @escaping Succession = { _, _, _ in throw Refusal(PersonalisationRefusal.orderMissing) }
    ) {
        self.succession = succession
        signer = planSigner
        self.issuance = issuance
        self.revocation = revocation
        self.certificates = certificates
        self.surroundings = surroundings
        self.officersOrder = officersOrder
    }

    package func planSigner() throws -> any Signer { try signer() }

    package func rehearse(_ rehearsal: CertificateRehearsal) async throws {
        try await issuance.rehearse(
            profile: rehearsal.profile, subject: SubjectDetails(rehearsal.holder), family: rehearsal.family,
            location: KeyLocation(
                medium: rehearsal.medium.bytes, model: rehearsal.model, origin: rehearsal.origin.text))
    }

    package func certify(_ requested: PlannedCertificate) async throws -> Certificate {
        try Self.requireOrder(requested)
        let record = try await issuance.issue(
            IssuanceRequest(
                profile: requested.profile, subject: SubjectDetails(requested.holder),
                proof: .request(requested.request),
                location: KeyLocation(
                    medium: requested.medium.bytes, slot: UInt8(requested.slot.rawValue, radix: 16),
                    model: requested.model,
                    batch: requested.stock.batch, servicePoint: requested.stock.servicePoint,
                    origin: requested.origin.text),
                actor: requested.actor, reference: requested.reference, authorisation: officersOrder,
                planOrder: requested.order,
                condition: requested.condition))
        return try record.certificate()
    }

    /// Nothing is issued to an entity but on an order that was spent for it: one of the acts that make certificates, on
    /// this medium, for this entity, in this family and under this profile. The authority asks the same once more; an
    /// officer's certificate it judges alone, by the order that came with it.
    /// - Throws: `personalisation.order-missing`, `officers.wrong-act`, `officers.wrong-subject`,
    ///   `officers.wrong-parameters`.
    static func requireOrder(_ requested: PlannedCertificate) throws(Refusal) {
        guard let entity = requested.holder.entity else { return }
        guard let order = requested.order else {
            throw Refusal(PersonalisationRefusal.orderMissing, detail: requested.reference)
        }
        let family = try CertificateRequest(der: requested.request).publicKey.family
        try order.requireCertificate(
            on: requested.medium.hex, entity: entity.text, family: family?.rawValue ?? "",
            purpose: requested.purpose.storedName, profile: requested.profile)
    }

    package func certificates(
        of medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CertificateNow] {
        let now = surroundings.now()
        return try CertificateStore.certificates(medium: medium.bytes, in: transaction).map {
            CertificateNow(serial: $0.serialNumber, der: $0.der, state: $0.state(at: now), entity: $0.creditCode)
        }
    }

    package func activate(_ certificates: [Certificate], actor: AuditActor) async throws -> [Certificate] {
        var ended: [Certificate] = []
        for certificate in certificates {
            do {
                try await revocation.activate(certificate.serialNumber, actor: actor)
            } catch let refusal as Refusal
                where refusal.isBecause(RevocationRefusal.activationTooLate)
                || refusal.isBecause(CertificateRecordsRefusal.wrongState)
            {
                ended.append(certificate)
            }
        }
        return ended
    }

    package func succeed(_ old: Certificate, by new: Certificate, under order: SpentOrder) async throws {
        try await succession(old, new, order)
    }

    package func revoke(
        _ certificates: [Certificate], because ending: CertificateEnding, actor: AuditActor
    ) async throws {
        for certificate in certificates {
            try await revocation.revoke(
                certificate.serialNumber, reason: ending.reason, on: .onBehalf(actor, reason: ending.rawValue))
        }
    }

    package func revoke(
        _ serials: [SerialNumber], because ending: CertificateEnding, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {
        for serial in serials {
            try revocation.revoke(
                serial, reason: ending.reason, on: .onBehalf(actor, reason: ending.rawValue), in: transaction)
        }
    }

    package func hold(
        _ serials: [SerialNumber], _ change: CertificateHold, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {
        for serial in serials {
            switch change {
            case .suspend:
                try revocation.suspend(serial, on: .onBehalf(actor, reason: "reported lost"), in: transaction)
            case .resume:
                try revocation.resume(serial, on: .onBehalf(actor, reason: "reported found"), in: transaction)
            }
        }
    }
}

extension SubjectDetails {
    init(_ holder: KeyHolder) {
        switch holder {
        case .entity(let entity):
            self.init(
                stateOrProvince: entity.stateOrProvince, locality: entity.locality, organization: entity.name,
                commonName: entity.name, entity: entity.entity)
        case .officer(let officer): self.init(organization: officer.organization, commonName: officer.name)
        }
    }
}

extension CertificateEnding {
    /// RFC 5280, 5.3.1.
    package var reason: RevocationReason {
        switch self {
        case .superseded: .superseded
        case .neverActivated, .retired, .reassigned, .givenUp: .cessationOfOperation
        case .lost: .keyCompromise
        }
    }
}
