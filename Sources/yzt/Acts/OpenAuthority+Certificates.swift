import CertificateAuthority
import Cryptography
import Groundwork
import Officers

/// Changes of certificates' status, each on an order for exactly that serial number.
extension OpenAuthority {
    @discardableResult
    func revoke(
        _ serial: SerialNumber, because reason: RevocationReason, invalidSince: Instant? = nil, words: String,
        by keys: OrderingKeys
    ) async throws -> CertificateRecord {
        let request = try await authority.revocation.request(
            toRevoke: serial, because: reason, invalidSince: invalidSince, words: words)
        let authorisation = try await order(request, by: keys)
        return try await authority.revocation.revoke(
            serial, reason: reason, invalidSince: invalidSince, on: .authorised(authorisation))
    }

    @discardableResult
    func reviseReason(
        _ serial: SerialNumber, to reason: RevocationReason, invalidSince: Instant?, words: String,
        by keys: OrderingKeys
    ) async throws -> CertificateRecord {
        let request = try await authority.revocation.request(
            toRevise: serial, to: reason, invalidSince: invalidSince, words: words)
        return try await authority.revocation.reviseReason(
            serial, to: reason, invalidSince: invalidSince, on: order(request, by: keys))
    }

    @discardableResult
    func suspend(_ serial: SerialNumber, words: String, by keys: OrderingKeys) async throws -> CertificateRecord {
        let request = try await authority.revocation.request(toSuspend: serial, words: words)
        let authorisation = try await order(request, by: keys)
        return try await authority.revocation.suspend(serial, on: .authorised(authorisation))
    }

    @discardableResult
    func resume(_ serial: SerialNumber, words: String, by keys: OrderingKeys) async throws -> CertificateRecord {
        let request = try await authority.revocation.request(toResume: serial, words: words)
        let authorisation = try await order(request, by: keys)
        return try await authority.revocation.resume(serial, on: .authorised(authorisation))
    }

    /// Orders and carries out the revocation of a whole list.
    func revoke(
        _ plan: BulkPlan, because reason: RevocationReason, invalidSince: Instant?, words: String, by keys: OrderingKeys
    ) async throws -> BulkProgress {
        let request = authority.bulkRevocation.request(
            plan, because: reason, invalidSince: invalidSince, words: words)
        let job = try await authority.bulkRevocation.begin(
            plan, because: reason, invalidSince: invalidSince, by: order(request, by: keys))
        return try await carryOut(job)
    }

    /// Works a list off and shows how far it is.
    func carryOut(_ job: BulkRevocationIdentifier) async throws -> BulkProgress {
        defer { Console.endProgress() }
        return try await authority.bulkRevocation.run(job) { _, progress in
            Console.progress("\(progress.cursor)/\(progress.certificates)")
        }
    }

    /// Orders and carries out the exchange of a service key; of the newest generation where none is named.
    func exchangeService(
        _ role: ServiceRole, issuer: String?, because reason: RevocationReason, invalidSince: Instant?, words: String,
        by keys: OrderingKeys
    ) async throws -> (key: ServiceKey, revoked: [SerialNumber]) {
        guard let generation = issuer ?? authority.issuers.issuing.last(where: \.isActive)?.generation else {
            throw Refusal(CertificateAuthorityRefusal.noSigner, facts: ["key": role.rawValue])
        }
        let request = try authority.request(
            toExchange: role, issuer: generation, because: reason, invalidSince: invalidSince, words: words)
        return try await authority.exchangeService(
            role, issuer: generation, because: reason, invalidSince: invalidSince, by: order(request, by: keys))
    }
}
