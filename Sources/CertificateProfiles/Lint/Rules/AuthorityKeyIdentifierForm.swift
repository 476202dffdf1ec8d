internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The identifier alone: naming the issuer's issuer and number would bind a path that a rollover changes.
    static let authorityKeyIdentifierForm = LintRule(
        id: "authority-key-identifier-form", citation: "RFC 5280, 4.2.1.1; CP/CPS 7.1.2", severity: .error,
        since: "2026-11-21"
    ) { target in
        guard target.isOurs, let found = target.certificate.value(of: .authorityKeyIdentifier) else { return [] }
        let identifier = target.certificate.facts.authorityKeyIdentifier ?? []
        return found.value == CertificateExtension.authorityKeyIdentifier(identifier).value
            ? [] : ["more than, or not, a key identifier"]
    }
}
