internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Exactly the profile's extensions: none is missing, none is added.
    static let extensionsOfProfile = LintRule(
        id: "extensions-of-profile", citation: "GB/T 20518, 5.2.4; CP/CPS 7.1.2", severity: .error, since: "2026-11-21"
    ) { target in
        guard let form = target.context.form else { return [] }
        let extensions = target.certificate.extensions
        return extensions.filter { !form.extensions.contains($0.oid) }.map { "\($0.oid) is not of the profile" }
            + (extensions.count < form.extensions.count ? ["an extension of the profile is missing"] : [])
    }
}
