package import CertificateRecords
package import Cryptography
package import Groundwork
internal import Officers
package import Revocation

/// Changes of certificates' status, each on an order for exactly that serial number or list.
package struct CertificateOrders: Sendable {
    let ordering: Ordering
    let revocation: RevocationService
    let bulkRevocation: BulkRevocation

    /// Over the authority that carries the orders out.
    package init(ordering: Ordering, revocation: RevocationService, bulkRevocation: BulkRevocation) {
        self.ordering = ordering
        self.revocation = revocation
        self.bulkRevocation = bulkRevocation
    }

    /// Revokes one certificate.
    /// - Parameter invalidSince: since when the key is known or suspected to have been misused (RFC 5280, 5.3.2).
    /// - Throws: the refusals of ordering and of ``RevocationService``, by which nothing was changed.
    @discardableResult
    package func revoke(
        _ serial: SerialNumber, because reason: RevocationReason, invalidSince: Instant? = nil, justification: String,
        by keys: OrderingKeys
    ) async throws -> CertificateRecord {
        let request = try await revocation.request(
            toRevoke: serial, because: reason, invalidSince: invalidSince, justification: justification)
        let authorisation = try await ordering.order(request, by: keys)
        return try await revocation.revoke(
            serial, reason: reason, invalidSince: invalidSince, on: .authorised(authorisation))
    }

    /// States another reason of a revocation; the certificate stays revoked.
    /// - Throws: the refusals of ordering and of ``RevocationService``, by which nothing was changed.
    @discardableResult
    package func reviseReason(
        _ serial: SerialNumber, to reason: RevocationReason, invalidSince: Instant?, justification: String,
        by keys: OrderingKeys
    ) async throws -> CertificateRecord {
        let request = try await revocation.request(
            toRevise: serial, to: reason, invalidSince: invalidSince, justification: justification)
        return try await revocation.reviseReason(
            serial, to: reason, invalidSince: invalidSince, on: ordering.order(request, by: keys))
    }

    /// Suspends one certificate (reason `certificateHold`; RFC 5280, 5.3.1).
    /// - Throws: the refusals of ordering and of ``RevocationService``, by which nothing was changed.
    @discardableResult
    package func suspend(_ serial: SerialNumber, justification: String, by keys: OrderingKeys) async throws
        -> CertificateRecord
    {
        let request = try await revocation.request(toSuspend: serial, justification: justification)
        let authorisation = try await ordering.order(request, by: keys)
        return try await revocation.suspend(serial, on: .authorised(authorisation))
    }

    /// Ends the suspension of one certificate.
    /// - Throws: the refusals of ordering and of ``RevocationService``, by which nothing was changed.
    @discardableResult
    package func resume(_ serial: SerialNumber, justification: String, by keys: OrderingKeys) async throws
        -> CertificateRecord
    {
        let request = try await revocation.request(toResume: serial, justification: justification)
        let authorisation = try await ordering.order(request, by: keys)
        return try await revocation.resume(serial, on: .authorised(authorisation))
    }

    /// Orders and carries out the revocation of a whole list.
    package func revoke(
        _ plan: BulkPlan, because reason: RevocationReason, invalidSince: Instant?, justification: String,
        by keys: OrderingKeys,
        progress: @escaping @Sendable (BulkProgress) -> Void = { _ in }
    ) async throws -> BulkProgress {
        let request = bulkRevocation.request(
            plan, because: reason, invalidSince: invalidSince, justification: justification)
        let job = try await bulkRevocation.begin(
            plan, because: reason, invalidSince: invalidSince, by: ordering.order(request, by: keys))
        return try await carryOut(job, progress: progress)
    }

    /// Works a list off and tells how far it is.
    package func carryOut(
        _ job: BulkRevocationIdentifier, progress: @escaping @Sendable (BulkProgress) -> Void = { _ in }
    ) async throws -> BulkProgress {
        try await bulkRevocation.run(job) { _, state in progress(state) }
    }
}
