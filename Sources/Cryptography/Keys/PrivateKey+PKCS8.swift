internal import COpenSSL
package import Groundwork

extension PrivateKey {
    /// What OWASP asks of PBKDF2 with HMAC-SHA256.
    private static let iterations: Int32 = 600_000

    /// DER EncryptedPrivateKeyInfo: PBES2 (RFC 8018, 6.2) with PBKDF2-HMAC-SHA256, 600,000 rounds, and AES-256-CBC.
    /// Takes a good part of a second, as it should: call it on a blocking pool.
    package func encryptedPKCS8(passphrase: borrowing SecretBytes) throws(Refusal) -> [UInt8] {
        clearOpenSSLErrors()
        guard let info = handle.withPointer({ EVP_PKEY2PKCS8($0) }) else { throw .failure(in: "EVP_PKEY2PKCS8") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        guard
            let scheme = PKCS5_pbe2_set_iv(
                EVP_aes_256_cbc(), PrivateKey.iterations, nil, 16, nil, NID_hmacWithSHA256)
        else { throw .failure(in: "PKCS5_pbe2_set_iv") }
        let sealed = passphrase.withBytes { bytes in
            PKCS8_set0_pbe(bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count), info, scheme)
        }
        guard let sealed else {
            X509_ALGOR_free(scheme)
            throw .failure(in: "PKCS8_set0_pbe")
        }
        defer { X509_SIG_free(sealed) }
        var pointer: UnsafeMutablePointer<UInt8>?
        let count = i2d_X509_SIG(sealed, &pointer)
        guard count > 0, let pointer else { throw .failure(in: "i2d_X509_SIG") }
        defer { COpenSSL_free(pointer) }
        return Array(UnsafeBufferPointer(start: pointer, count: Int(count)))
    }

    /// Reads what ``encryptedPKCS8(passphrase:)`` wrote, or another program's PBES2.
    package convenience init(encryptedPKCS8 der: [UInt8], passphrase: borrowing SecretBytes) throws(Refusal) {
        guard der.count <= 16_384 else { throw .cryptography(.tooLarge, .privateKey) }
        clearOpenSSLErrors()
        let sealed = der.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var position = buffer.baseAddress
            guard let sealed = d2i_X509_SIG(nil, &position, buffer.count) else { return nil }
            guard position == buffer.baseAddress.map({ $0 + buffer.count }) else {
                X509_SIG_free(sealed)
                return nil
            }
            return sealed
        }
        guard let sealed else { throw .failure(in: "d2i_X509_SIG", .malformed, .privateKey) }
        defer { X509_SIG_free(sealed) }
        let info = passphrase.withBytes { bytes in
            PKCS8_decrypt(sealed, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), Int32(bytes.count))
        }
        guard let info else { throw .failure(in: "PKCS8_decrypt", .wrongPassphrase, .privateKey) }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        guard let key = EVP_PKCS82PKEY(info) else { throw .failure(in: "EVP_PKCS82PKEY", .malformed, .privateKey) }
        try self.init(KeyHandle(takingOwnershipOf: key))
    }

    /// DER PrivateKeyInfo in clear: for the virtual key's state file alone, which says what it is.
    package func plainPKCS8() throws(Refusal) -> SecretBytes {
        clearOpenSSLErrors()
        guard let info = handle.withPointer({ EVP_PKEY2PKCS8($0) }) else { throw .failure(in: "EVP_PKEY2PKCS8") }
        defer { PKCS8_PRIV_KEY_INFO_free(info) }
        var pointer: UnsafeMutablePointer<UInt8>?
        let count = i2d_PKCS8_PRIV_KEY_INFO(info, &pointer)
        guard count > 0, let pointer else { throw .failure(in: "i2d_PKCS8_PRIV_KEY_INFO") }
        defer {
            OPENSSL_cleanse(pointer, Int(count))
            COpenSSL_free(pointer)
        }
        return SecretBytes(copying: UnsafeBufferPointer(start: pointer, count: Int(count)))
    }

    package convenience init(plainPKCS8 der: borrowing SecretBytes) throws(Refusal) {
        guard der.count <= 16_384 else { throw .cryptography(.tooLarge, .privateKey) }
        clearOpenSSLErrors()
        let key = der.withBytes { bytes -> OpaquePointer? in
            var position = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard let info = d2i_PKCS8_PRIV_KEY_INFO(nil, &position, bytes.count) else { return nil }
            defer { PKCS8_PRIV_KEY_INFO_free(info) }
            guard let position, UnsafeRawPointer(position) == bytes.baseAddress.map({ $0 + bytes.count }) else {
                return nil
            }
            return EVP_PKCS82PKEY(info)
        }
        guard let key else { throw .failure(in: "EVP_PKCS82PKEY", .malformed, .privateKey) }
        try self.init(KeyHandle(takingOwnershipOf: key))
    }
}
