internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Exactly the profile's usages.
    static let extendedKeyUsageOfProfile = LintRule(
        id: "extended-key-usage-of-profile", citation: "CP/CPS 7.1", severity: .error, since: "2026-01-01"
    ) { target in
        guard let profile = target.context.profile else { return [] }
        let found = Set(target.certificate.extendedKeyUsage.map(\.description))
        return found == Set(profile.extendedKeyUsage) ? [] : ["\(found.sorted()) is not the profile's"]
    }
}
