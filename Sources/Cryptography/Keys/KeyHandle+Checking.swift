internal import COpenSSL

extension KeyHandle {
    /// EVP_PKEY_public_check: for RSA the modulus's size, its factors and that it is neither a prime nor a power of one
    /// (SP 800-56B, 6.4.2.2), for a curve that the point is on it, not at infinity, and of its order (SP 800-56A,
    /// 5.6.2.3.3).
    func passesPublicCheck() -> Bool {
        withPointer { key in
            guard let context = EVP_PKEY_CTX_new(key, nil) else { return false }
            defer {
                EVP_PKEY_CTX_free(context)
                clearOpenSSLErrors()
            }
            return EVP_PKEY_public_check(context) == 1
        }
    }

    /// Verifies RSASSA-PSS (RFC 8017, 8.1.2) with one digest for the message and for MGF1.
    func verifyPSS(
        _ signature: [UInt8], over message: [UInt8], digest: DigestAlgorithm, saltLength: Int
    ) -> Bool {
        defer { clearOpenSSLErrors() }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        // Owned by the digest's context.
        var keyContext: OpaquePointer?
        return withPointer { key in
            EVP_DigestVerifyInit(context, &keyContext, digest.method.pointer, nil, key) == 1
                && EVP_PKEY_CTX_set_rsa_padding(keyContext, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(keyContext, Int32(saltLength)) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(keyContext, digest.method.pointer) == 1
                && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        }
    }
}
