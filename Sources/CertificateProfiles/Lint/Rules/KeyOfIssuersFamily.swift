internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Authority and subscriber are of one family, so that one program can check the whole chain.
    static let keyOfIssuersFamily = LintRule(
        id: "key-of-issuers-family", citation: "CP/CPS 6.1.5", severity: .error, since: "2026-01-01"
    ) { target in
        guard let issuer = target.context.issuer else { return [] }
        return issuer.publicKey.family == target.certificate.publicKey.family
            ? [] : ["issuer and key are of different families"]
    }
}
