internal import Ceremony
package import CertificateRecords
internal import Cryptography
internal import Groundwork
package import KeyCustody
internal import Storage

extension Authority {
    /// Gives a role a new key, certified by the generation named under the role's own profile; from then on it is the
    /// newest, in every process after its next refresh. The key before stays and keeps what it signed verifiable.
    ///
    /// This is how responders and time stamp keys are exchanged while the service runs: the generation's ceremony
    /// decided on role, name and profile, so no further order is needed.
    package func renewService(_ role: ServiceRole, issuer generation: String) async throws -> ServiceKey {
        try await renewService(role, issuer: generation) { _, _ in }
    }

    /// - Parameter alsoStore: done in the transaction that brings the new key into use.
    func renewService(
        _ role: ServiceRole, issuer generation: String,
        alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void
    ) async throws -> ServiceKey {
        let book = try await policies.current()
        let hierarchy = try book.hierarchy(issuing: generation)
        let all = hierarchy.services(of: generation) + hierarchy.services
        guard let service = all.first(where: { $0.role == role }) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": role.rawValue])
        }
        let made = try await database.read { transaction in
            try HierarchyStore.serviceKeyCount(role, issuer: generation, in: transaction)
        }
        let first = ServiceCertification.firstKeyName(role, of: generation)
        let certification = ServiceCertification(
            making: AuthorityKeyMaking(database: database, audit: audit, keys: keys), issuance: issuance,
            surroundings: surroundings)
        let record = try await certification.certify(
            service, key: made == 0 ? first : "\(first)-\(made + 1)", family: hierarchy.family, under: generation,
            alsoStore: alsoStore)
        try await refresh()
        guard let key = serviceKeys(role, issuer: generation).last(where: { $0.certificate.der == record.der }) else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": role.rawValue])
        }
        return key
    }
}
