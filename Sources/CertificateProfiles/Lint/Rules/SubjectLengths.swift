internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No attribute is empty or longer than its upper bound.
    static let subjectLengths = LintRule(
        id: "subject-lengths", citation: "RFC 5280, A.1 (upper bounds)", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.subject.attributes.compactMap { attribute in
            guard let known = SubjectAttribute(oid: attribute.type) else { return nil }
            let length = attribute.value.unicodeScalars.count
            return (1...known.longest).contains(length)
                ? nil : "\(known.rawValue): \(length) characters of \(known.longest)"
        }
    }
}
