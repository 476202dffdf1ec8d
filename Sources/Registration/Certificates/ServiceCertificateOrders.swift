internal import Audit
internal import CertificateProfiles
package import CertificateRecords
internal import CreditCodes
internal import Cryptography
internal import Groundwork
package import Issuance
package import LegalEntities
internal import Officers

/// Certificates of servers and departments' devices, on two officers' order for every word of them.
package struct ServiceCertificateOrders: Sendable {
    let ordering: Ordering
    let policies: PolicyStore
    let issuance: IssuanceService
    let registry: RegistryStore

    package init(ordering: Ordering, policies: PolicyStore, issuance: IssuanceService, registry: RegistryStore) {
        self.ordering = ordering
        self.policies = policies
        self.issuance = issuance
        self.registry = registry
    }

    /// What is asked for.
    package struct ServiceWish: Sendable {
        package var profile: String
        /// DER of the PKCS#10 request.
        package var request: [UInt8]
        package var organization: String?
        package var organizationalUnit: String?
        package var province: String?
        package var locality: String?
        package var commonName: String?
        package var creditCode: String?
        package var serverNames: [String]

        package init(
            profile: String, request: [UInt8], organization: String?, organizationalUnit: String?, province: String?,
            locality: String?, commonName: String?, creditCode: String?, serverNames: [String]
        ) {
            self.profile = profile
            self.request = request
            self.organization = organization
            self.organizationalUnit = organizationalUnit
            self.province = province
            self.locality = locality
            self.commonName = commonName
            self.creditCode = creditCode
            self.serverNames = serverNames
        }
    }

    /// - Throws: `command.bad-argument` for a profile that is not issued on such an order, or another name than the
    ///   registry's; the issuance's refusals.
    package func issueService(_ wish: ServiceWish, words: String, by keys: OrderingKeys) async throws
        -> CertificateRecord
    {
        guard try await policies.current().profile(wish.profile).order == .serviceOrder else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--profile \(wish.profile)"])
        }
        let (code, organization) = try await subject(wish)
        guard let organization else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--organization"])
        }
        let commonName = wish.commonName ?? wish.serverNames.first ?? organization
        var request = IssuanceRequest(
            profile: wish.profile,
            subject: SubjectDetails(
                stateOrProvince: wish.province, locality: wish.locality, organization: organization,
                organizationalUnit: wish.organizationalUnit, commonName: commonName, entity: code,
                serverNames: wish.serverNames), proof: .request(wish.request), actor: .system)
        let authorisation = try await ordering.order(issuance.request(toIssue: request, words: words), by: keys)
        request.authorisation = authorisation
        request.actor = authorisation.actor
        return try await issuance.issue(request)
    }

    /// The code, checked, and the organisation: the registry's word where it has one, and then no other.
    private func subject(_ wish: ServiceWish) async throws -> (code: UnifiedSocialCreditCode?, organization: String?) {
        guard let text = wish.creditCode else { return (nil, wish.organization) }
        let code = try await registry.code(text)
        guard let record = try await registry.record(of: code) else { return (code, wish.organization) }
        guard wish.organization.map({ $0 == record.name }) ?? true else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--organization: \(record.name)"])
        }
        return (code, record.name)
    }
}
