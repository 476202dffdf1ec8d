internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A point is a full name alone: no reasons, no other issuer, so that its list covers every reason.
    static let distributionPointForm = LintRule(
        id: "distribution-point-form", citation: "RFC 5280, 4.2.1.13", severity: .error, since: "2026-11-21"
    ) { target in
        guard target.isOurs, let found = target.certificate.value(of: .crlDistributionPoints) else { return [] }
        let addresses = target.certificate.facts.crlAddresses
        return found.value == CertificateExtension.crlDistributionPoints(addresses).value
            ? [] : ["reasons, another issuer, or a name that is no address"]
    }
}
