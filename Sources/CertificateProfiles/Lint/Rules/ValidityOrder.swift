internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A certificate begins before it ends.
    static let validityOrder = LintRule(
        id: "validity-order", citation: "RFC 5280, 4.1.2.5", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.notBefore < target.certificate.notAfter ? [] : ["notAfter is not after notBefore"]
    }
}
