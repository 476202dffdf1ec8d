internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The issuer's key made the signature. Asked once there is one.
    static let listSignatureVerifies = LintRule.ofList(
        id: "list-signature-verifies", citation: "RFC 5280, 5.1.1.3 and 6.3.3", since: "2008-05-01"
    ) { target in
        guard !target.signature.isEmpty, let issuer = target.context.issuer, let algorithm = target.algorithm,
            issuer.publicKey.fits(algorithm)
        else { return [] }
        return issuer.publicKey.verifies(target.signature, over: target.body, digest: algorithm.digest)
            ? [] : ["the issuer's key did not make the signature"]
    }
}
