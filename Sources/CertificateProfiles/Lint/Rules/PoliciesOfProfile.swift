internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Exactly the profile's policies.
    static let policiesOfProfile = LintRule(
        id: "policies-of-profile", citation: "CP/CPS 7.1.6", severity: .error, since: "2026-01-01"
    ) { target in
        guard let form = target.context.form else { return [] }
        let found = target.certificate.facts.certificatePolicies
        return found == form.policies ? [] : ["\(found) is not the profile's"]
    }
}
