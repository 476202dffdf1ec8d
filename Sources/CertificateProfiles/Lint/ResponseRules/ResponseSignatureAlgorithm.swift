internal import Cryptography
internal import Groundwork

extension LintRule {
    /// SM2 with SM3, ECDSA or RSA with SHA-256, the responder's, written as its clause asks.
    static let answerSignatureAlgorithm = LintRule.ofAnswer(
        id: "answer-signature-algorithm", citation: "RFC 6960, 4.2.1 and 4.3; RFC 5758, 3.2; GM/T 0006",
        since: "2013-06-01"
    ) { target in
        guard target.isSigned else { return [] }
        guard let algorithm = target.algorithm else { return ["not one of the three algorithms"] }
        return (algorithm.identifier == target.algorithmIdentifier ? [] : ["parameters are not as they should be"])
            + (target.context.responder.map { $0.publicKey.fits(algorithm) } ?? true
                ? [] : ["the responder's key is of another family"])
    }
}
