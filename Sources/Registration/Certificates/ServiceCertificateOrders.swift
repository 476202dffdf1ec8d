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

    /// Over the authority that issues, and the registry that names the organisations.
    package init(ordering: Ordering, policies: PolicyStore, issuance: IssuanceService, registry: RegistryStore) {
        self.ordering = ordering
        self.policies = policies
        self.issuance = issuance
        self.registry = registry
    }

    /// What is asked for.
    package struct ServiceCertificateRequest: Sendable {
        /// A profile of the policies that is issued on such an order, by its id.
        package var profile: String
        /// DER of the PKCS#10 request.
        package var request: [UInt8]
        /// `organizationName` of the subject; `nil`: the name that the registry has for the code.
        package var organization: String?
        /// `organizationalUnitName` of the subject.
        package var organizationalUnit: String?
        /// `stateOrProvinceName` of the subject.
        package var province: String?
        /// `localityName` of the subject.
        package var locality: String?
        /// `commonName` of the subject; `nil`: the first server name, else the organisation.
        package var commonName: String?
        /// The unified social credit code of the organisation, as it was typed.
        package var creditCode: String?
        /// DNS names and addresses of servers, see ``ServerName``.
        package var serverNames: [String]

        /// Names that are `nil` are left out of the subject, but for the common name.
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
    package func issueService(_ requested: ServiceCertificateRequest, justification: String, by keys: OrderingKeys)
        async throws
        -> CertificateRecord
    {
        guard try await policies.current().profile(requested.profile).order == .serviceOrder else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--profile \(requested.profile)"])
        }
        let (code, organization) = try await subject(requested)
        guard let organization else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--organization"])
        }
        let commonName = requested.commonName ?? requested.serverNames.first ?? organization
        var request = IssuanceRequest(
            profile: requested.profile,
            subject: SubjectDetails(
                stateOrProvince: requested.province, locality: requested.locality, organization: organization,
                organizationalUnit: requested.organizationalUnit, commonName: commonName, entity: code,
                serverNames: requested.serverNames), proof: .request(requested.request), actor: .system)
        let authorisation = try await ordering.order(
            issuance.request(toIssue: request, justification: justification), by: keys)
        request.authorisation = authorisation
        request.actor = authorisation.actor
        return try await issuance.issue(request)
    }

    /// The code, checked, and the organisation: the registry's word where it has one, and then no other.
    private func subject(_ requested: ServiceCertificateRequest) async throws -> (
        code: UnifiedSocialCreditCode?, organization: String?
    ) {
        guard let text = requested.creditCode else { return (nil, requested.organization) }
        let code = try await registry.code(text)
        guard let record = try await registry.record(of: code) else { return (code, requested.organization) }
        guard requested.organization.map({ $0 == record.name }) ?? true else {
            throw Refusal(RegistrationRefusal.badArgument, facts: ["argument": "--organization: \(record.name)"])
        }
        return (code, record.name)
    }
}
