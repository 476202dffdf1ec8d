package import Cryptography
internal import Groundwork

/// Keys that are of a known family and yet not good enough: the one place that judges a key's numbers, for requests,
/// keys that cards and tokens made, the authority's own, and what lint reads.
package enum WeakKey {
    /// What is wrong with the key under the policy, in a few words each; empty if nothing is.
    package static func defects(of key: PublicKey, policy: CertificatePolicy.Keys) -> [String] {
        guard key.family != nil || key.rsa != nil else { return ["unknown family"] }
        return defects(of: key, leastBits: policy.rsaModulusBits, exponents: policy.rsaExponents)
    }

    /// - Parameters:
    ///   - leastBits: the least size of an RSA modulus.
    ///   - exponents: the public exponents that RSA may have.
    package static func defects(of key: PublicKey, leastBits: Int, exponents: [Int]) -> [String] {
        var defects: [String] = []
        if let rsa = key.rsa {
            let bits = rsa.modulus.count * 8 - (rsa.modulus.first?.leadingZeroBitCount ?? 0)
            if bits < leastBits { defects.append("\(bits) bits, expected \(leastBits)") }
            let exponent = rsa.exponent.count <= 4 ? rsa.exponent.reduce(0) { $0 << 8 | Int($1) } : nil
            if !(exponent.map(exponents.contains) ?? false) {
                defects.append("public exponent \(exponent.map(String.init) ?? "0x" + Hex.encode(rsa.exponent))")
            }
        }
        return defects + key.defects.map(\.text)
    }
}
