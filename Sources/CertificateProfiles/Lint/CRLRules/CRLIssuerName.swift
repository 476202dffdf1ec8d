internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The issuer is named byte for byte as in its certificate.
    static let listIssuerName = LintRule.ofList(
        id: "list-issuer-name", citation: "RFC 5280, 5.1.2.3 and 6.3.3", since: "2008-05-01"
    ) { target in
        guard let issuer = target.context.issuer else { return [] }
        return target.issuer == issuer.subject.der ? [] : ["not the issuer's subject"]
    }
}
