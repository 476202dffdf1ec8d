internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The key is P-256, SM2 (id-ecPublicKey with the named curve, point not compressed) or RSA-2048.
    static let keyFamily = LintRule(
        id: "key-family", citation: "RFC 5480, 2.1.1; RFC 3279, 2.3.1; GB/T 35276", severity: .error,
        since: "2008-05-01"
    ) { target in
        target.certificate.publicKey.family == nil ? ["not one of the three families"] : []
    }
}
