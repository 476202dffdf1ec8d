internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Each extension holds exactly one DER element, and none that we write is an empty sequence but basicConstraints.
    static let extensionValues = LintRule(
        id: "extension-values", citation: "RFC 5280, 4.2; X.690", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.extensions.compactMap { each in
            guard let element = try? DERElement(parsing: each.value, limit: Certificate.limit) else {
                return "\(each.oid) is not one element"
            }
            let mayBeEmpty = each.oid == .basicConstraints || each.oid == .ocspNoCheck
            return element.content.isEmpty && !mayBeEmpty ? "\(each.oid) is empty" : nil
        }
    }
}
