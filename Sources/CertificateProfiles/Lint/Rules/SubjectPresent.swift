internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The subject is named; ours have country, organization and common name.
    static let subjectPresent = LintRule(
        id: "subject-present", citation: "RFC 5280, 4.1.2.6; GB/T 20518, 5.2", severity: .error, since: "2008-05-01"
    ) { target in
        let subject = target.certificate.subject
        guard !subject.isEmpty else { return ["empty"] }
        guard target.isOurs else { return [] }
        return [SubjectAttribute.country, .organization, .commonName]
            .filter { subject.value(of: $0.oid)?.isEmpty ?? true }.map { "no \($0.rawValue)" }
    }
}
