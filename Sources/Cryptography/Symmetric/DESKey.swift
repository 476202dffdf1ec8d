package import Groundwork

/// What DES asks of its keys (SP 800-67): odd parity in each byte, and no weak key.
package enum DESKey {
    /// The same key with the lowest bit of each byte set so that the byte has an odd number of ones.
    package static func withParity(_ key: borrowing SecretBytes) -> SecretBytes {
        key.withBytes { source in
            SecretBytes(count: source.count) { target in
                for index in 0..<source.count { target[index] = odd(source[index]) }
            }
        }
    }

    /// Whether a key of 8, 16 or 24 bytes has a weak or semi-weak part, or neighbouring parts that are equal (which
    /// makes triple DES single). Parity is not looked at. Other lengths are weak: they are no DES keys.
    package static func isWeak(_ key: borrowing SecretBytes) -> Bool {
        key.withBytes { bytes in
            guard [8, 16, 24].contains(bytes.count) else { return true }
            let parts = (0..<(bytes.count / 8)).map { part in
                (0..<8).reduce(UInt64(0)) { $0 << 8 | UInt64(odd(bytes[part * 8 + $1])) }
            }
            return parts.contains(where: weak.contains) || zip(parts, parts.dropFirst()).contains { $0 == $1 }
        }
    }

    private static func odd(_ byte: UInt8) -> UInt8 {
        let upper = byte & 0xFE
        return upper.nonzeroBitCount.isMultiple(of: 2) ? upper | 1 : upper
    }

    /// The 4 weak and 12 semi-weak keys (SP 800-67, 3.3.2).
    private static let weak: Set<UInt64> = [
        0x0101_0101_0101_0101, 0xFEFE_FEFE_FEFE_FEFE, 0xE0E0_E0E0_F1F1_F1F1, 0x1F1F_1F1F_0E0E_0E0E,
        0x011F_011F_010E_010E, 0x1F01_1F01_0E01_0E01, 0x01E0_01E0_01F1_01F1, 0xE001_E001_F101_F101,
        0x01FE_01FE_01FE_01FE, 0xFE01_FE01_FE01_FE01, 0x1FE0_1FE0_0EF1_0EF1, 0xE01F_E01F_F10E_F10E,
        0x1FFE_1FFE_0EFE_0EFE, 0xFE1F_FE1F_FE0E_FE0E, 0xE0FE_E0FE_F1FE_F1FE, 0xFEE0_FEE0_FEF1_FEF1,
    ]
}
