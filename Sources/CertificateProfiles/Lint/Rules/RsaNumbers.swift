internal import Cryptography
internal import Groundwork

extension LintRule {
    /// RSA: at least 2048 bits, an odd modulus that is neither prime nor easily factored, public exponent 65537.
    static let rsaNumbers = LintRule(
        id: "rsa-numbers", citation: "FIPS 186-5, 5.1; RFC 8017, 3.1; CP/CPS 6.1.6", severity: .error,
        since: "2013-12-31"
    ) { target in
        guard target.certificate.publicKey.rsa != nil else { return [] }
        return WeakKey.defects(of: target.certificate.publicKey, leastBits: 2048, exponents: [65_537])
    }
}
