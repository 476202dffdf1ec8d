package import Cryptography

/// Keys that are of a known family and yet not good enough.
package enum WeakKey {
    package static func defects(of key: PublicKey, policy: CertificatePolicy.Keys) -> [String] {
        guard let rsa = key.rsa else { return key.family == nil ? ["unknown family"] : [] }
        return defects(of: rsa, leastBits: policy.rsaModulusBits, exponents: policy.rsaExponents)
    }

    package static func defects(of rsa: PublicKey.RSANumbers, leastBits: Int, exponents: [Int]) -> [String] {
        var defects: [String] = []
        let bits = rsa.modulus.count * 8 - (rsa.modulus.first?.leadingZeroBitCount ?? 0)
        if bits < leastBits { defects.append("\(bits) bits, expected \(leastBits)") }
        if rsa.modulus.last.map({ $0 & 1 == 0 }) ?? true { defects.append("even modulus") }
        let exponent = rsa.exponent.count <= 4 ? rsa.exponent.reduce(0) { $0 << 8 | Int($1) } : -1
        if !exponents.contains(exponent) { defects.append("public exponent \(exponent)") }
        if smallPrimes.contains(where: { remainder(rsa.modulus, by: $0) == 0 }) {
            defects.append("modulus has a small factor")
        }
        if hasROCAFingerprint(rsa.modulus) { defects.append("modulus has the fingerprint of CVE-2017-15361 (ROCA)") }
        return defects
    }

    private static func remainder(_ number: [UInt8], by divisor: Int) -> Int {
        number.reduce(0) { ($0 << 8 | Int($1)) % divisor }
    }

    private static let smallPrimes = (3...751).filter { candidate in
        candidate % 2 == 1 && !(2..<candidate).contains { $0 * $0 <= candidate && candidate % $0 == 0 }
    }

    /// Infineon's moduli are powers of 65537 modulo every one of these primes (Nemec et al., 2017). By chance that
    /// happens to one modulus in 2^28 or so.
    private static func hasROCAFingerprint(_ modulus: [UInt8]) -> Bool {
        rocaResidues.allSatisfy { $0.residues.contains(remainder(modulus, by: $0.prime)) }
    }

    private static let rocaResidues: [(prime: Int, residues: Set<Int>)] =
        [11, 13, 17, 19, 37, 53, 61, 71, 73, 79, 97, 103, 107, 109, 127, 151, 157].map { prime in
            var residues: Set<Int> = []
            var power = 1
            repeat {
                residues.insert(power)
                power = power * 65_537 % prime
            } while !residues.contains(power)
            return (prime, residues)
        }
}
