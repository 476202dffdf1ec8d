internal import COpenSSL
package import Groundwork

/// Divides a secret among several people so that a given number of them, whoever they are, can join it again, and fewer
/// learn nothing (A. Shamir, How to Share a Secret, 1979), byte by byte over ``GaloisField``.
///
/// A share that was altered is not noticed here: joining gives another secret. Whoever keeps shares adds a commitment
/// to each (``SecretShare/commitment(context:)``) and opens something authenticated with what was joined.
package enum SecretSharing {
    /// No secret that is shared is longer: what is shared is a key.
    package static let longestSecret = 64

    /// - Throws: `cryptography.key-rejected` unless 2 ≤ threshold ≤ count ≤ 32.
    package static func divide(
        _ secret: borrowing SecretBytes, among count: Int, threshold: Int
    ) throws(Refusal) -> [SecretShare] {
        guard threshold >= 2, threshold <= count, count <= 32, (1...longestSecret).contains(secret.count) else {
            throw .cryptography(.keyRejected, .key, "\(threshold) of \(count), \(secret.count) bytes")
        }
        // Each byte of the secret is the constant of a polynomial of its own; these are the other coefficients.
        let coefficients = try randomSecret(count: (threshold - 1) * secret.count)
        var shares: [SecretShare] = []
        for number in 1...UInt8(count) {
            let value = secret.withBytes { secret in
                coefficients.withBytes { coefficients in
                    SecretBytes(count: secret.count) { target in
                        for index in 0..<secret.count {
                            var sum: UInt8 = 0
                            for degree in (0..<threshold - 1).reversed() {
                                sum = GaloisField.multiply(
                                    sum ^ coefficients[degree * secret.count + index], number)
                            }
                            target[index] = sum ^ secret[index]
                        }
                    }
                }
            }
            shares.append(SecretShare(number: number, value: value))
        }
        return shares
    }

    /// Joins exactly these shares: the value at 0 of the polynomial through them (Lagrange).
    ///
    /// - Throws: `cryptography.key-rejected` if a number is 0 or stands twice, or the lengths differ.
    package static func join(_ shares: [SecretShare]) throws(Refusal) -> SecretBytes {
        let numbers = shares.map(\.number)
        guard shares.count >= 2, Set(numbers).count == numbers.count, !numbers.contains(0),
            let length = shares.first?.value.count, shares.allSatisfy({ $0.value.count == length })
        else { throw .cryptography(.keyRejected, .key, "shares \(numbers)") }
        return SecretBytes(count: length) { target in
            for index in 0..<length { target[index] = 0 }
            for share in shares {
                // The numbers are public; only the values are secret.
                var weight: UInt8 = 1
                for other in numbers where other != share.number {
                    weight = GaloisField.multiply(
                        weight, GaloisField.multiply(other, GaloisField.inverse(other ^ share.number)))
                }
                share.value.withBytes { value in
                    for index in 0..<length { target[index] ^= GaloisField.multiply(value[index], weight) }
                }
            }
        }
    }

    /// Fresh secret bytes from OpenSSL's private generator: what keys are made of.
    package static func randomSecret(count: Int) throws(Refusal) -> SecretBytes {
        clearOpenSSLErrors()
        return try SecretBytes(count: count) { target throws(Refusal) in
            guard RAND_priv_bytes(target.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(count)) == 1 else {
                throw .failure(in: "RAND_priv_bytes")
            }
        }
    }

    /// Public random bytes from the same library: salts, nonces, identifiers beside a secret.
    package static func randomBytes(count: Int) throws(Refusal) -> [UInt8] {
        clearOpenSSLErrors()
        var bytes = [UInt8](repeating: 0, count: count)
        guard RAND_bytes(&bytes, Int32(count)) == 1 else { throw .failure(in: "RAND_bytes") }
        return bytes
    }
}
