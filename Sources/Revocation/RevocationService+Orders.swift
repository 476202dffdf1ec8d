internal import CertificateProfiles
internal import CertificateRecords
package import Cryptography
package import Groundwork
package import Officers
internal import Storage

/// What officers sign for a change of status, and how an order is used up.
extension RevocationService {
    /// What officers sign to revoke.
    /// - Throws: `own-certificate` where no officer can order that, before anybody is asked to sign.
    package func request(
        toRevoke serial: SerialNumber, because reason: RevocationReason, invalidSince: Instant? = nil,
        justification: String
    ) async throws -> CanonicalRequest {
        try await request(
            .revoke, serial, RevocationService.parameters(reason, invalidSince?.truncatedToSecond),
            justification: justification)
    }

    /// What officers sign to say a reason anew.
    package func request(
        toRevise serial: SerialNumber, to reason: RevocationReason, invalidSince: Instant? = nil, justification: String
    ) async throws -> CanonicalRequest {
        try await request(
            .reviseReason, serial, RevocationService.parameters(reason, invalidSince?.truncatedToSecond),
            justification: justification)
    }

    package func request(toSuspend serial: SerialNumber, justification: String) async throws -> CanonicalRequest {
        try await request(.suspend, serial, justification: justification)
    }

    package func request(toResume serial: SerialNumber, justification: String) async throws -> CanonicalRequest {
        try await request(.resume, serial, justification: justification)
    }

    private func request(
        _ change: OrderedChange, _ serial: SerialNumber, _ parameters: [String: CanonicalJSON] = [:],
        justification: String
    ) async throws -> CanonicalRequest {
        let record = try await database.read { try CertificateStore.required(serial, in: $0) }
        return try CanonicalRequest(
            RevocationService.act(for: change, record), subject: serial.hex,
            parameters: change.parameters(for: record, parameters), reason: justification, in: surroundings)
    }

    private static func act(for change: OrderedChange, _ record: CertificateRecord) throws(Refusal) -> OfficerAct {
        guard let act = change.act(for: record.purpose) else {
            throw Refusal(RevocationRefusal.ownCertificate, facts: ["purpose": record.purpose.rawValue])
        }
        return act
    }

    /// An order must be for this change of this certificate, and is used up here. A list that was ordered in bulk
    /// covers subscribers' certificates alone, and no plan or case has a word about the authority's own.
    func settle(
        _ revocationAuthority: RevocationAuthority, _ change: OrderedChange, _ record: CertificateRecord,
        _ parameters: [String: CanonicalJSON] = [:], in transaction: any Transaction
    ) throws(Refusal) {
        switch revocationAuthority {
        case .authorised(let order):
            try order.require(
                RevocationService.act(for: change, record), subject: record.serialNumber.hex,
                parameters: change.parameters(for: record, parameters))
            try order.spend(in: transaction)
        case .within(let order):
            guard change.actsThatInclude(record.purpose).contains(order.request.act),
                order.names(record.serialNumber.hex)
            else { throw Refusal(OfficersRefusal.wrongParameters, detail: record.serialNumber.hex) }
        case .bulk:
            guard OrderedChange.canRevokeInBulk(record.purpose) else {
                throw Refusal(RevocationRefusal.ownCertificate, facts: ["purpose": record.purpose.rawValue])
            }
        case .exchange:
            guard try RevocationService.act(for: change, record) == .holdCeremony else {
                throw Refusal(RevocationRefusal.ownCertificate, facts: ["purpose": record.purpose.rawValue])
            }
        case .onBehalf:
            guard !record.purpose.isAuthoritysOwn else {
                throw Refusal(RevocationRefusal.ownCertificate, facts: ["purpose": record.purpose.rawValue])
            }
        case .system: break
        }
    }

    /// After the certificate of somebody who is an officer now was stopped, on whatever grounds, somebody must still be
    /// able to enrol officers: an order, a plan or case on behalf of somebody, and a rule alike.
    /// - Throws: `officers.last-administrator`.
    func keepAdministrators(_ record: CertificateRecord, in transaction: any Transaction) throws(Refusal) {
        guard record.purpose == .officer,
            try OfficerRegister.isInOffice(certificate: record.der, in: transaction)
        else { return }
        try OfficerRegister.requireSomebodyIsLeft(
            under: PolicyStore.dualControl(in: transaction), at: surroundings.now(),
            isGood: CertificateStore.officerCertificateStatus,
            in: transaction)
    }
}
