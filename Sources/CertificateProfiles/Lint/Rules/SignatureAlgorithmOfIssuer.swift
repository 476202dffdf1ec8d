internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The algorithm is one that the issuer's key can sign with.
    static let signatureAlgorithmOfIssuer = LintRule(
        id: "signature-algorithm-of-issuer", citation: "RFC 5280, 4.1.1.2", severity: .error, since: "2008-05-01"
    ) { target in
        guard let issuer = target.context.issuer, let algorithm = target.certificate.signatureAlgorithm else {
            return []
        }
        return issuer.publicKey.fits(algorithm) ? [] : ["the issuer's key is of another family"]
    }
}
