internal import COpenSSL
package import Groundwork

/// A key from a passphrase: PBKDF2 with HMAC-SHA256 (RFC 8018, 5.2).
package enum PassphraseKey {
    /// What OWASP asks of PBKDF2 with HMAC-SHA256.
    package static let rounds = 600_000

    /// The same passphrase, salt and rounds give the same 32 bytes.
    package static func derive(
        from passphrase: borrowing SecretBytes, salt: [UInt8], rounds: Int
    ) throws(Refusal) -> SecretBytes {
        try SecretBytes(count: AuthenticatedEncryption.keyLength) { target throws(Refusal) in
            let done = passphrase.withBytes { source in
                PKCS5_PBKDF2_HMAC(
                    source.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(source.count), salt,
                    Int32(salt.count), Int32(clamping: rounds), EVP_sha256(), Int32(target.count),
                    target.baseAddress?.assumingMemoryBound(to: UInt8.self))
            }
            guard done == 1 else { throw .failure(in: "PBKDF2") }
        }
    }
}
