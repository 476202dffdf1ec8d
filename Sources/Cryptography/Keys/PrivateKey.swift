package import Groundwork

/// A private key in this process's memory: an authority's in evaluation, a service's, a virtual card's.
package final class PrivateKey: Sendable {
    package let publicKey: PublicKey
    package let family: AlgorithmFamily
    let handle: KeyHandle

    init(_ handle: KeyHandle) throws(Refusal) {
        let publicKey = try handle.publicKey()
        guard let family = publicKey.family else {
            throw .cryptography(.unsupportedAlgorithm, .privateKey, "a key of no family")
        }
        self.handle = handle
        self.publicKey = publicKey
        self.family = family
    }

    /// A new key; its randomness is OpenSSL's.
    package static func generate(_ family: AlgorithmFamily) throws(Refusal) -> PrivateKey {
        clearOpenSSLErrors()
        guard let handle = KeyHandle.generate(family) else { throw .failure(in: "EVP_PKEY_generate") }
        return try PrivateKey(handle)
    }

    /// Signs a message with the family's algorithm: DER for SM2 and ECDSA, 256 bytes for RSA.
    package func sign(_ message: [UInt8]) throws(Refusal) -> [UInt8] {
        try handle.sign(message, digest: family.digest, sm2: family == .sm2)
    }

    /// What a card does: EC and SM2 over a given digest; RSA over a block that is already padded.
    package func signRaw(digest: [UInt8]) throws(Refusal) -> [UInt8] {
        try handle.signRaw(digest, rsa: family == .rsa2048)
    }
}
