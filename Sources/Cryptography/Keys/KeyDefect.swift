internal import Synchronization

/// Why a public key must not be certified, whatever its size: its private key is found without an attack on the
/// algorithm. Each is a property of the key's numbers alone.
package enum KeyDefect: String, Sendable, CaseIterable {
    case evenModulus, smallFactor, roca, primeModulus, squareModulus, closePrimes, knownPoint, refusedByCheck

    /// What is wrong, in a few words.
    package var text: String {
        switch self {
        case .evenModulus: "even modulus"
        case .smallFactor: "modulus has a small factor"
        case .roca: "modulus has the fingerprint of CVE-2017-15361 (ROCA)"
        case .primeModulus: "modulus is a prime"
        case .squareModulus: "modulus is a square"
        case .closePrimes: "modulus has two neighbouring prime factors (Fermat)"
        case .knownPoint: "private key is one of the first numbers or their negatives"
        case .refusedByCheck: "key fails the check of SP 800-56B, 6.4.2, or SP 800-56A, 5.6.2.3"
        }
    }
}

extension PublicKey {
    /// Everything that is wrong with the key's numbers: small factors to 751, the ROCA fingerprint, a prime or square
    /// modulus, 100 rounds of Fermat's factorisation, the multiples of a curve's generator by 1 to 256 and their
    /// negatives, and what OpenSSL's EVP_PKEY_public_check refuses. Worked out once for each key: 3 to 10 ms for RSA,
    /// under 1 ms for a curve.
    package var defects: [KeyDefect] {
        knownDefects.withLock { known in
            if let known { return known }
            let found = findDefects()
            known = found
            return found
        }
    }

    private func findDefects() -> [KeyDefect] {
        var found: [KeyDefect] = []
        if let rsa {
            found = RSAModulus.defects(rsa.modulus)
        } else if let family, CurveMultiples.of(family).contains(Array(subjectPublicKey[1..<33])) {
            found = [.knownPoint]
        }
        if found.isEmpty, !handle.passesPublicCheck() {
            found = [rsa.map { RSAModulus.isPrime($0.modulus) } ?? false ? .primeModulus : .refusedByCheck]
        }
        return found
    }
}
