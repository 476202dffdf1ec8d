internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Every attribute that the profile requires, and none that it does not allow.
    static let subjectOfProfile = LintRule(
        id: "subject-of-profile", citation: "GB/T 20518, 5.2.3.6; CP/CPS 3.1.1", severity: .error, since: "2026-11-21"
    ) { target in
        guard let form = target.context.form else { return [] }
        let found = target.certificate.subject.attributes.compactMap { SubjectAttribute(oid: $0.type) }
        return found.filter { !form.allowed.contains($0) }.map { "\($0.rawValue) is not of the profile" }
            + form.required.subtracting(found).map { "\($0.rawValue) is missing" }.sorted()
    }
}
