internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Exactly the profile's usages.
    static let extendedKeyUsageOfProfile = LintRule(
        id: "extended-key-usage-of-profile", citation: "CP/CPS 7.1", severity: .error, since: "2026-01-01"
    ) { target in
        guard let form = target.context.form else { return [] }
        let found = target.certificate.extendedKeyUsage
        guard found == form.extendedKeyUsage else { return ["\(found) is not the profile's"] }
        let isCritical = target.certificate.value(of: .extendedKeyUsage)?.critical ?? false
        return found.isEmpty || isCritical == form.profile.extendedKeyUsageCritical
            ? [] : ["criticality is not the profile's"]
    }
}
