internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Attributes stand once each, in the order C, ST, L, O, OU, organizationIdentifier, CN.
    static let subjectOrder = LintRule(
        id: "subject-order", citation: "GB/T 20518, 5.2.3.5; CP/CPS 3.1", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.context.generation != nil else { return [] }
        let order = SubjectAttribute.allCases.map(\.oid)
        let places = target.certificate.subject.attributes.map { order.firstIndex(of: $0.type) }
        guard !places.contains(nil) else { return ["an attribute that no profile has"] }
        let known = places.compactMap { $0 }
        return zip(known, known.dropFirst()).allSatisfy(<) ? [] : ["twice or out of order"]
    }
}
