internal import COpenSSL
package import Groundwork

/// Keys from a master key (SP 800-108).
package enum KeyDerivation {
    /// Counter mode with AES-CMAC (SP 800-108, 4.1): K(i) = CMAC(master, [i]₃₂ ‖ label ‖ 00 ‖ context ‖ [bits]₃₂).
    ///
    /// The master has 16, 24 or 32 bytes; `bits` is a multiple of 8 up to 65,536.
    package static func counterCMAC(
        master: borrowing SecretBytes, label: [UInt8], context: [UInt8], bits: Int
    ) throws(Refusal) -> SecretBytes {
        let messages = try counterBlocks(label: label, context: context, bits: bits)
        let count = bits / 8
        return try SecretBytes(count: count) { target throws(Refusal) in
            var block = [UInt8](repeating: 0, count: 16)
            defer { block.withUnsafeMutableBytes { OPENSSL_cleanse($0.baseAddress, $0.count) } }
            for (start, message) in zip(stride(from: 0, to: count, by: 16), messages) {
                try cmac(key: master, message, into: &block)
                for offset in 0..<min(16, count - start) { target[start + offset] = block[offset] }
            }
        }
    }

    /// The messages whose CMACs, one after the other, are the derived key.
    static func counterBlocks(label: [UInt8], context: [UInt8], bits: Int) throws(Refusal) -> [[UInt8]] {
        guard bits > 0, bits.isMultiple(of: 8), bits <= 65_536 else {
            throw .cryptography(.operationFailed, .key, "\(bits) bits cannot be derived")
        }
        return (1...UInt32((bits + 127) / 128)).map { big($0) + label + [0x00] + context + big(UInt32(bits)) }
    }

    /// AES-CMAC (SP 800-38B) of a message: 16 bytes.
    package static func cmac(key: borrowing SecretBytes, _ message: [UInt8]) throws(Refusal) -> [UInt8] {
        var block = [UInt8](repeating: 0, count: 16)
        try cmac(key: key, message, into: &block)
        return block
    }

    private static func cmac(
        key: borrowing SecretBytes, _ message: [UInt8], into block: inout [UInt8]
    ) throws(Refusal) {
        guard let cipher = [16: "AES-128-CBC", 24: "AES-192-CBC", 32: "AES-256-CBC"][key.count] else {
            throw .cryptography(.keyRejected, .key, "CMAC key of \(key.count) bytes")
        }
        clearOpenSSLErrors()
        let done = key.withBytes { bytes in
            COpenSSL_CMAC(cipher, bytes.baseAddress, bytes.count, message, message.count, &block)
        }
        guard done == 1 else { throw .failure(in: "EVP_MAC") }
    }

    private static func big(_ value: UInt32) -> [UInt8] {
        (0..<4).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
}
