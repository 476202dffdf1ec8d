internal import Cryptography
internal import Groundwork

extension LintRule {
    /// SM2 with SM3, ECDSA or RSA with SHA-256: the issuer's, written as its clause asks, inside as outside.
    static let listSignatureAlgorithm = LintRule.ofList(
        id: "list-signature-algorithm", citation: "RFC 5280, 5.1.1.2 and 5.1.2.2; RFC 5758, 3.2; GM/T 0006",
        since: "2008-05-01"
    ) { target in
        guard let algorithm = target.algorithm else { return ["not one of the three algorithms"] }
        let hasOwnForm = algorithm.identifier == target.algorithmIdentifier
        return
            (hasOwnForm || algorithm == .sm2WithSM3 && !target.isOurs ? [] : ["parameters are not as they should be"])
            + (target.algorithmsAgree ? [] : ["inside and outside differ"])
            + (target.context.issuer.map { $0.publicKey.fits(algorithm) } ?? true
                ? [] : ["the issuer's key is of another family"])
    }
}
