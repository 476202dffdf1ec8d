package import CertificateRecords
package import Cryptography
package import Groundwork
package import KeyCustody
internal import Officers
package import Registration

/// The exchange of the authority's own service keys.
extension OpenInstallation {
    /// Orders and carries out the exchange of a service key; of the newest generation where none is named.
    package func exchangeService(
        _ role: ServiceRole, issuer: String?, because reason: RevocationReason, invalidSince: Instant?,
        justification: String,
        by keys: OrderingKeys
    ) async throws -> (key: ServiceKey, revoked: [SerialNumber]) {
        guard let generation = issuer ?? authority.issuers.issuing.last(where: \.isActive)?.generation else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": role.rawValue])
        }
        let request = try authority.request(
            toExchange: role, issuer: generation, because: reason, invalidSince: invalidSince,
            justification: justification)
        return try await authority.exchangeService(
            role, issuer: generation, because: reason, invalidSince: invalidSince, by: ordering.order(request, by: keys)
        )
    }
}
