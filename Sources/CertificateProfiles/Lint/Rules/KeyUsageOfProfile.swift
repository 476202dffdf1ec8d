internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Exactly the bits that the profile gives to the key's family.
    static let keyUsageOfProfile = LintRule(
        id: "key-usage-of-profile", citation: "GB/T 20518, 5.2.4.2.3; CP/CPS 6.1.7", severity: .error,
        since: "2026-11-21"
    ) { target in
        guard let form = target.context.form, let family = target.certificate.publicKey.family else { return [] }
        return target.usage == form.keyUsage(family)
            ? [] : ["\(target.usage.map(\.rawValue).sorted()) is not the profile's"]
    }
}
