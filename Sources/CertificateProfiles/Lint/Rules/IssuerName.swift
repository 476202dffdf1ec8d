internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The issuer is named, byte for byte as in its own certificate.
    static let issuerName = LintRule(
        id: "issuer-name", citation: "RFC 5280, 4.1.2.4 and 6.1.3", severity: .error, since: "2008-05-01"
    ) { target in
        guard !target.certificate.issuer.isEmpty else { return ["empty"] }
        guard let issuer = target.context.issuer else { return [] }
        return issuer.subject.der == target.certificate.issuer.der ? [] : ["not the issuer's subject"]
    }
}
