internal import COpenSSL
package import Groundwork

/// Single blocks in ECB, as the mutual authentication of a PIV card's management key uses them (SP 800-73-4, part 2,
/// 3.2.4). For nothing else: ECB hides no structure.
package enum BlockCipher: String, Codable, CaseIterable, Sendable {
    case tripleDES = "3des"
    case aes128
    case aes192
    case aes256

    package var blockLength: Int { self == .tripleDES ? 8 : 16 }

    package var keyLength: Int {
        switch self {
        case .tripleDES, .aes192: 24
        case .aes128: 16
        case .aes256: 32
        }
    }

    package func encryptBlock(_ block: [UInt8], key: borrowing SecretBytes) throws(Refusal) -> [UInt8] {
        try transform(block, key: key, encrypt: 1)
    }

    package func decryptBlock(_ block: [UInt8], key: borrowing SecretBytes) throws(Refusal) -> [UInt8] {
        try transform(block, key: key, encrypt: 0)
    }

    private func transform(
        _ block: [UInt8], key: borrowing SecretBytes, encrypt: Int32
    ) throws(Refusal) -> [UInt8] {
        guard key.count == keyLength, block.count == blockLength else {
            throw .cryptography(.keyRejected, .key, "\(rawValue): key of \(key.count), block of \(block.count) bytes")
        }
        clearOpenSSLErrors()
        guard let context = EVP_CIPHER_CTX_new() else { throw .failure(in: "EVP_CIPHER_CTX_new") }
        defer { EVP_CIPHER_CTX_free(context) }
        var output = [UInt8](repeating: 0, count: blockLength * 2)
        var count: Int32 = 0
        let done = key.withBytes { bytes in
            EVP_CipherInit_ex2(
                context, method, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, encrypt, nil)
                == 1
                && EVP_CIPHER_CTX_set_padding(context, 0) == 1
                && EVP_CipherUpdate(context, &output, &count, block, Int32(block.count)) == 1
        }
        guard done, count == Int32(blockLength) else { throw .failure(in: "EVP_CipherUpdate") }
        return Array(output.prefix(blockLength))
    }

    private var method: OpaquePointer? {
        switch self {
        case .tripleDES: EVP_des_ede3_ecb()
        case .aes128: EVP_aes_128_ecb()
        case .aes192: EVP_aes_192_ecb()
        case .aes256: EVP_aes_256_ecb()
        }
    }
}
