internal import Audit
internal import Ceremony
package import CertificateRecords
package import Cryptography
package import Groundwork
package import KeyCustody
package import Officers
internal import Revocation
internal import Storage
internal import Synchronization

extension Authority {
    /// What officers sign to exchange a service key. What would be refused after they had signed is refused before.
    /// - Throws: `certificate-authority.unknown-issuer`, `.no-signer`, `.wrong-reason`, `.invalidity-date`.
    package func request(
        toExchange role: ServiceRole, issuer generation: String, because reason: RevocationReason,
        invalidSince: Instant?, justification: String
    ) throws(Refusal) -> CanonicalRequest {
        guard issuers.issuing.contains(where: { $0.generation == generation }) else {
            throw Refusal(CertificateRecordsRefusal.unknownIssuer, facts: ["issuer": generation])
        }
        guard services.contains(where: { $0.role == role && $0.issuer == generation }) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": "\(generation) \(role.rawValue)"])
        }
        try bulkRevocation.check(because: reason, invalidSince: invalidSince)
        return CeremonyInstallation.request(
            for: .exchange(generation: generation, role: role, reason: reason, invalidSince: invalidSince),
            justification: justification, in: surroundings)
    }

    /// Re-keys one of the authority's services at once (RFC 3647, 4.7), on the order of those who hold ceremonies: for
    /// a key that may be known to others, or that is to be replaced before its time.
    ///
    /// One transaction brings the new key into use, revokes every certificate that this generation gave the role
    /// before, and uses the order up. Killed before it, the old key stays in use and the order can be used again; after
    /// it the old one signs nothing in this process, nor in any other after its next refresh.
    /// - Returns: the new key, and whose certificates were revoked.
    package func exchangeService(
        _ role: ServiceRole, issuer generation: String, because reason: RevocationReason, invalidSince: Instant? = nil,
        by order: Authorisation
    ) async throws -> (key: ServiceKey, revoked: [SerialNumber]) {
        let part = CeremonyInstallation.Part.exchange(
            generation: generation, role: role, reason: reason, invalidSince: invalidSince)
        try order.require(.holdCeremony, subject: part.subject, parameters: part.parameters)
        let since = invalidSince?.truncatedToSecond
        guard since.map({ $0 <= surroundings.now() }) ?? true else { throw Refusal(RevocationRefusal.invalidityDate) }
        let revocationAuthority = RevocationAuthority.exchange(order.actor, reason: order.request.reason)
        let done = Mutex<[SerialNumber]?>(nil)
        let key = try await queue.urgently {
            try await renewService(role, issuer: generation) { [revocation, audit] transaction, certificate in
                try order.require(.holdCeremony, subject: part.subject, parameters: part.parameters)
                try order.spend(in: transaction)
                let earlier = try HierarchyStore.servicesInForce(
                    role, issuer: generation, but: certificate, in: transaction)
                for serial in earlier {
                    let record = try CertificateStore.required(serial, in: transaction)
                    try revocation.revoke(
                        serial, reason: reason, invalidSince: since.map { max($0, record.notBefore) },
                        on: revocationAuthority,
                        in: transaction)
                }
                try audit.record(
                    AuditEvent(
                        act: InstallationAct.serviceKeyExchanged, actor: order.actor, subject: generation,
                        facts: [
                            "role": .string(role.rawValue), "reason": .string(reason.name),
                            "serial": .string(certificate.serialNumber.hex),
                        ]), in: transaction)
                done.withLock { $0 = earlier }
            }
        }
        // Housekeeping renewed the same role at this moment: then nothing was revoked, and the order is still good.
        guard let revoked = done.withLock({ $0 }) else {
            throw Refusal(CertificateRecordsRefusal.statusBusy, detail: "the key was just renewed by age")
        }
        return (key, revoked)
    }
}

extension Authority {
    /// So long before its end somebody has to hear of it: two officers have to meet.
    private static let warnedDaysBefore: Int64 = 60

    /// `service-key-ends` for the first service whose newest certificate ends soon, or has ended, while its generation
    /// lives on. Responders and time stamp keys are renewed by age; the others are known to those who verify by them,
    /// so nothing exchanges them but an order.
    package func endingServiceAlarm() -> Refusal? {
        let now = surroundings.now()
        for issuer in issuers.issuing where issuer.isActive && now < issuer.certificate.notAfter {
            for role in ServiceRole.allCases {
                guard let newest = serviceKeys(role, issuer: issuer.generation).last else { continue }
                let end = newest.certificate.notAfter
                guard end <= now.adding(days: Authority.warnedDaysBefore), end < issuer.certificate.notAfter,
                    role != .ocspResponder || end <= now
                else { continue }
                return Refusal(
                    CeremonyRefusal.serviceKeyEnds,
                    facts: ["issuer": issuer.generation, "role": role.rawValue, "end": end.shown])
            }
        }
        return nil
    }
}
