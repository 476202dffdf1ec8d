internal import Cryptography

extension LintRule {
    /// A program that does not know deltas must be able to pass over it.
    static let freshestListNotCritical = LintRule(
        id: "freshest-list-not-critical", citation: "RFC 5280, 4.2.1.15", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.value(of: .freshestCRL)?.critical == true ? ["critical"] : []
    }
}
