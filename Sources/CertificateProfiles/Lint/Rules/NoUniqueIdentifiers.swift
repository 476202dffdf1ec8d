internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The unique identifiers of version 2 are not written.
    static let noUniqueIdentifiers = LintRule(
        id: "no-unique-identifiers", citation: "RFC 5280, 4.1.2.8", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.form.hasUniqueIdentifiers ? ["issuerUniqueID or subjectUniqueID"] : []
    }
}
