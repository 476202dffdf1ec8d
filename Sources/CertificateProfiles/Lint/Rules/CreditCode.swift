internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Where the profile asks for the code, every configured extension holds it, not critical, in the configured string
    /// type.
    static let creditCodePresent = LintRule(
        id: "credit-code", citation: "GB 32100; GM/T 0015; CP/CPS 3.1", severity: .error, since: "2026-01-01"
    ) { target in
        guard let form = target.context.form, target.context.policy != nil else { return [] }
        guard form.profile.subject.unifiedSocialCreditCode else {
            return target.certificate.value(of: .organizationCode) == nil ? [] : ["a code where the profile has none"]
        }
        return form.codes.compactMap { form in
            guard let found = target.certificate.value(of: form.oid) else { return "\(form.oid) is missing" }
            guard !found.critical else { return "\(form.oid) is critical" }
            guard let element = try? DERElement(parsing: found.value, limit: 256), element.identifier == form.tag
            else { return "\(form.oid) has another string type" }
            return element.content.count == 18 ? nil : "\(form.oid) has not 18 characters"
        }
    }
}
