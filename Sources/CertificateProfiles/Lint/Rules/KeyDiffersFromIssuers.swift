internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Nobody but a root is certified with the issuer's own key, or under the issuer's own name.
    static let keyDiffersFromIssuers = LintRule(
        id: "key-differs-from-issuers", citation: "RFC 5280, 4.1.2.6; CP/CPS 6.1.1", severity: .error,
        since: "2026-11-21"
    ) { target in
        guard let issuer = target.context.issuer, target.kind != .root else { return [] }
        return (target.certificate.publicKey == issuer.publicKey ? ["the key is the issuer's"] : [])
            + (target.certificate.subject == issuer.subject ? ["the name is the issuer's"] : [])
    }
}
