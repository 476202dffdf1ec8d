internal import COpenSSL
internal import Groundwork

/// The owner of one EVP_PKEY, and everything that is done with it.
final class KeyHandle: @unchecked Sendable {
    // Sendable: the EVP_PKEY is complete when it comes here and never altered afterwards; OpenSSL locks its caches.
    // Each operation has a context of its own.
    private let key: OpaquePointer

    init(takingOwnershipOf key: OpaquePointer) { self.key = key }

    deinit { EVP_PKEY_free(key) }

    /// The standard signer's identifier (GM/T 0009, 10): OpenSSL 3.0 would take an empty one.
    static let sm2Identifier: [UInt8] = Array("1234567812345678".utf8)

    /// Lends the pointer for the time of the closure.
    func withPointer<Value, Failure: Error>(_ body: (OpaquePointer) throws(Failure) -> Value) throws(Failure) -> Value {
        try body(key)
    }

    /// A context for digest-and-sign or digest-and-verify, with the identifier set before initialisation.
    private func withDigestContext<Value>(
        sm2: Bool, _ body: (_ context: OpaquePointer) -> Value?
    ) -> Value? {
        guard let context = EVP_MD_CTX_new() else { return nil }
        defer { EVP_MD_CTX_free(context) }
        guard sm2 else { return body(context) }
        guard let keyContext = EVP_PKEY_CTX_new(key, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(keyContext) }
        let identifier = KeyHandle.sm2Identifier
        guard COpenSSL_set_sm2_identifier(context, keyContext, identifier, identifier.count) == 1 else { return nil }
        return body(context)
    }

    func sign(_ message: [UInt8], digest: DigestAlgorithm, sm2: Bool) throws(Refusal) -> [UInt8] {
        clearOpenSSLErrors()
        let signature = withDigestContext(sm2: sm2) { context -> [UInt8]? in
            guard EVP_DigestSignInit(context, nil, digest.method.pointer, nil, key) == 1 else { return nil }
            var length = Int(EVP_PKEY_get_size(key))
            var signature = [UInt8](repeating: 0, count: length)
            guard EVP_DigestSign(context, &signature, &length, message, message.count) == 1 else { return nil }
            signature.removeLast(signature.count - length)
            return signature
        }
        guard let signature else { throw .failure(in: "EVP_DigestSign") }
        return signature
    }

    func verify(_ signature: [UInt8], over message: [UInt8], digest: DigestAlgorithm, sm2: Bool) -> Bool {
        let good = withDigestContext(sm2: sm2) { context -> Bool? in
            guard EVP_DigestVerifyInit(context, nil, digest.method.pointer, nil, key) == 1 else { return nil }
            return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        }
        clearOpenSSLErrors()
        return good ?? false
    }

    /// Signs a digest that was made elsewhere (EC), or applies the private operation to a padded block (RSA).
    func signRaw(_ block: [UInt8], rsa: Bool) throws(Refusal) -> [UInt8] {
        clearOpenSSLErrors()
        guard let context = EVP_PKEY_CTX_new(key, nil) else { throw .failure(in: "EVP_PKEY_CTX_new") }
        defer { EVP_PKEY_CTX_free(context) }
        var length = Int(EVP_PKEY_get_size(key))
        var signature = [UInt8](repeating: 0, count: length)
        guard EVP_PKEY_sign_init(context) == 1,
            !rsa || EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1,
            EVP_PKEY_sign(context, &signature, &length, block, block.count) == 1
        else { throw .failure(in: "EVP_PKEY_sign") }
        signature.removeLast(signature.count - length)
        return signature
    }

    /// Verifies over a digest that was made elsewhere: ECDSA, SM2, or RSA PKCS#1 v1.5 with the digest named.
    func verifyRaw(_ signature: [UInt8], digest: [UInt8], algorithm: DigestAlgorithm, rsa: Bool) -> Bool {
        guard let context = EVP_PKEY_CTX_new(key, nil) else { return false }
        defer {
            EVP_PKEY_CTX_free(context)
            clearOpenSSLErrors()
        }
        guard EVP_PKEY_verify_init(context) == 1 else { return false }
        if rsa {
            guard EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1,
                EVP_PKEY_CTX_set_signature_md(context, algorithm.method.pointer) == 1
            else { return false }
        }
        return EVP_PKEY_verify(context, signature, signature.count, digest, digest.count) == 1
    }
}
