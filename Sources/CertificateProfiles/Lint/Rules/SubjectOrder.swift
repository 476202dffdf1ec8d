internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Attributes stand once each, in the order C, ST, L, O, OU, organizationIdentifier, CN.
    static let subjectOrder = LintRule(
        id: "subject-order", citation: "GB/T 20518, 5.2.3.5; CP/CPS 3.1", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.isOurs else { return [] }
        var last = -1
        for attribute in target.certificate.subject.attributes {
            guard let place = SubjectAttribute(oid: attribute.type)?.place else {
                return ["an attribute that no profile has"]
            }
            guard place > last else { return ["twice or out of order"] }
            last = place
        }
        return []
    }
}
