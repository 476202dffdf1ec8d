internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The responder's key made the signature. Asked once there is one.
    static let answerSignatureVerifies = LintRule.ofAnswer(
        id: "answer-signature-verifies", citation: "RFC 6960, 3.2 and 4.2.1", since: "2013-06-01"
    ) { target in
        guard target.isSigned, let key = target.context.responder?.publicKey, let algorithm = target.algorithm,
            key.fits(algorithm)
        else { return [] }
        return key.verifies(target.signature, over: target.body, digest: algorithm.digest)
            ? [] : ["the responder's key did not make the signature"]
    }
}
