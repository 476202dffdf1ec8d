/// What SM2 adds around a signature (GB/T 32918.2).
package enum SM2 {
    /// Z_A = SM3(ENTL ‖ ID ‖ a ‖ b ‖ x_G ‖ y_G ‖ x_A ‖ y_A) with the standard identifier (5.5).
    package static func signerDigest(point: [UInt8]) -> [UInt8] {
        let identifier = KeyHandle.sm2Identifier
        let bits = identifier.count * 8
        return DigestAlgorithm.sm3.hash(
            [UInt8(bits >> 8), UInt8(bits & 0xFF)] + identifier + curve + point.dropFirst())
    }

    /// a, b, x_G and y_G of the recommended curve (GB/T 32918.5, 2).
    private static let curve: [UInt8] = words([
        0xFFFF_FFFE_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_0000_0000, 0xFFFF_FFFF_FFFF_FFFC,
        0x28E9_FA9E_9D9F_5E34, 0x4D5A_9E4B_CF65_09A7, 0xF397_89F5_15AB_8F92, 0xDDBC_BD41_4D94_0E93,
        0x32C4_AE2C_1F19_8119, 0x5F99_0446_6A39_C994, 0x8FE3_0BBF_F266_0BE1, 0x715A_4589_334C_74C7,
        0xBC37_36A2_F4F6_779C, 0x59BD_CEE3_6B69_2153, 0xD0A9_877C_C62A_4740, 0x02DF_32E5_2139_F0A0,
    ])

    private static func words(_ words: [UInt64]) -> [UInt8] {
        words.flatMap { word in (0..<8).reversed().map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }
}
