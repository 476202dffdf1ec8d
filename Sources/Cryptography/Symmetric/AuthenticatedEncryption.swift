internal import COpenSSL
package import Groundwork

/// AES-256-GCM (SP 800-38D) with a 96-bit nonce and a 128-bit tag.
package enum AuthenticatedEncryption {
    package static let keyLength = 32
    package static let nonceLength = 12
    package static let tagLength = 16

    package struct Sealed: Hashable, Sendable {
        package var nonce: [UInt8]
        package var ciphertext: [UInt8]
        package var tag: [UInt8]

        package init(nonce: [UInt8], ciphertext: [UInt8], tag: [UInt8]) {
            self.nonce = nonce
            self.ciphertext = ciphertext
            self.tag = tag
        }
    }

    /// A nonce is used once with one key: take it from a random source, and no key for more than 2³² messages.
    package static func seal(
        _ plaintext: borrowing SecretBytes, key: borrowing SecretBytes, nonce: [UInt8], associatedData: [UInt8]
    ) throws(Refusal) -> Sealed {
        let context = try Context(key: key, nonce: nonce, encrypt: true)
        var ciphertext = [UInt8](repeating: 0, count: plaintext.count)
        let done = plaintext.withBytes { source in
            ciphertext.withUnsafeMutableBytes { context.run(source, into: $0, associatedData: associatedData) }
        }
        guard done, let tag = context.tag() else { throw .failure(in: "AES-256-GCM") }
        return Sealed(nonce: nonce, ciphertext: ciphertext, tag: tag)
    }

    /// - Throws: `cryptography.not-authentic` if key, nonce, associated data, ciphertext or tag is another one.
    package static func open(
        _ sealed: Sealed, key: borrowing SecretBytes, associatedData: [UInt8]
    ) throws(Refusal) -> SecretBytes {
        guard sealed.tag.count == tagLength else { throw .cryptography(.notAuthentic, .key) }
        let context = try Context(key: key, nonce: sealed.nonce, encrypt: false)
        return try SecretBytes(count: sealed.ciphertext.count) { target throws(Refusal) in
            let good = sealed.ciphertext.withUnsafeBytes { source in
                context.expect(tag: sealed.tag) && context.run(source, into: target, associatedData: associatedData)
            }
            guard good else {
                clearOpenSSLErrors()
                throw .cryptography(.notAuthentic, .key)
            }
        }
    }

    /// The owner of one EVP_CIPHER_CTX; used by one call on one thread.
    private final class Context {
        private let context: OpaquePointer

        init(key: borrowing SecretBytes, nonce: [UInt8], encrypt: Bool) throws(Refusal) {
            guard key.count == keyLength, nonce.count == nonceLength else {
                throw .cryptography(.keyRejected, .key, "key of \(key.count), nonce of \(nonce.count) bytes")
            }
            clearOpenSSLErrors()
            guard let context = EVP_CIPHER_CTX_new() else { throw .failure(in: "EVP_CIPHER_CTX_new") }
            self.context = context
            let done = key.withBytes { bytes in
                EVP_CipherInit_ex2(
                    context, EVP_aes_256_gcm(), bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), nonce,
                    encrypt ? 1 : 0, nil) == 1
            }
            guard done else { throw .failure(in: "EVP_CipherInit_ex2") }
        }

        func run(
            _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, associatedData: [UInt8]
        ) -> Bool {
            var count: Int32 = 0
            if !associatedData.isEmpty {
                guard EVP_CipherUpdate(context, nil, &count, associatedData, Int32(associatedData.count)) == 1 else {
                    return false
                }
            }
            if !source.isEmpty {
                guard
                    EVP_CipherUpdate(
                        context, target.baseAddress?.assumingMemoryBound(to: UInt8.self), &count,
                        source.baseAddress?.assumingMemoryBound(to: UInt8.self), Int32(source.count)) == 1
                else { return false }
            }
            var rest = [UInt8](repeating: 0, count: 16)
            return EVP_CipherFinal_ex(context, &rest, &count) == 1
        }

        func tag() -> [UInt8]? {
            var tag = [UInt8](repeating: 0, count: tagLength)
            guard EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, Int32(tag.count), &tag) == 1 else { return nil }
            return tag
        }

        func expect(tag: [UInt8]) -> Bool {
            var tag = tag
            return EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag) == 1
        }

        deinit { EVP_CIPHER_CTX_free(context) }
    }
}
