internal import Cryptography
internal import Groundwork

extension LintRule {
    /// SM2 with SM3, ECDSA or RSA with SHA-256, each with the parameters that its clause asks for.
    static let signatureAlgorithmKnown = LintRule(
        id: "signature-algorithm-known", citation: "RFC 5758, 3.2; RFC 4055, 5; GM/T 0006", severity: .error,
        since: "2008-05-01"
    ) { target in
        guard let algorithm = target.certificate.signatureAlgorithm else { return ["not one of the three algorithms"] }
        let found = target.certificate.signatureAlgorithmIdentifier
        if found == algorithm.identifier { return [] }
        // Real SM2 authorities write NULL where we write nothing; both are in use.
        return algorithm == .sm2WithSM3 && !target.isOurs
            ? [] : ["parameters are not as they should be"]
    }
}
