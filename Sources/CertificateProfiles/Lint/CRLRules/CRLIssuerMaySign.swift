internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The issuer's certificate has cRLSign.
    static let listIssuerMaySign = LintRule.ofList(
        id: "list-issuer-may-sign", citation: "RFC 5280, 4.2.1.3 and 6.3.3", since: "2008-05-01"
    ) { target in
        guard let issuer = target.context.issuer else { return [] }
        return issuer.keyUsage?.contains(.cRLSign) ?? true ? [] : ["the issuer has no cRLSign"]
    }
}
