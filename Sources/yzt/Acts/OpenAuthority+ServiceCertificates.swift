import Audit
import CertificateAuthority
import CreditCodes
import Cryptography
import Groundwork
import LegalEntities
import Officers

/// Certificates of servers and departments' devices, on two officers' order for every word of them.
extension OpenAuthority {
    /// What the command line asks for.
    struct ServiceWish: Sendable {
        var profile: String
        /// DER of the PKCS#10 request.
        var request: [UInt8]
        var organization: String?
        var organizationalUnit: String?
        var province: String?
        var locality: String?
        var commonName: String?
        var creditCode: String?
        var serverNames: [String]
    }

    func issueService(_ wish: ServiceWish, words: String, by keys: OrderingKeys) async throws -> CertificateRecord {
        guard try book.profile(wish.profile).order == .serviceOrder else {
            throw Refusal(CommandRefusal.badArgument, facts: ["argument": "--profile \(wish.profile)"])
        }
        let (code, organization) = try await subject(wish)
        guard let organization else {
            throw Refusal(CommandRefusal.badArgument, facts: ["argument": "--organization"])
        }
        let commonName = wish.commonName ?? wish.serverNames.first ?? organization
        var request = IssuanceRequest(
            profile: wish.profile,
            subject: SubjectDetails(
                stateOrProvince: wish.province, locality: wish.locality, organization: organization,
                organizationalUnit: wish.organizationalUnit, commonName: commonName, creditCode: code,
                serverNames: wish.serverNames), proof: .request(wish.request), actor: .system)
        let authorisation = try await order(authority.issuance.request(toIssue: request, words: words), by: keys)
        request.authorisation = authorisation
        request.actor = authorisation.actor
        return try await authority.issuance.issue(request)
    }

    /// The code, checked, and the organisation: the registry's word where it has one, and then no other.
    private func subject(_ wish: ServiceWish) async throws -> (code: String?, organization: String?) {
        guard let text = wish.creditCode else { return (nil, wish.organization) }
        let code = try await registry.code(text)
        guard let record = try await registry.record(of: code) else { return (code.text, wish.organization) }
        guard wish.organization.map({ $0 == record.name }) ?? true else {
            throw Refusal(CommandRefusal.badArgument, facts: ["argument": "--organization: \(record.name)"])
        }
        return (code.text, record.name)
    }
}
