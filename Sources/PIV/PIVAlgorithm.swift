package import Cryptography

/// A key's algorithm with the identifier by which one card calls it (NIST SP 800-78-4, table 6-2).
///
/// SM2 has no identifier in the standard: the card states its own (`AlgorithmExtensions`).
package enum PIVAlgorithm: Hashable, Sendable {
    case rsa2048
    case p256
    case sm2(identifier: UInt8)

    package var identifier: UInt8 {
        switch self {
        case .rsa2048: 0x07
        case .p256: 0x11
        case .sm2(let identifier): identifier
        }
    }

    package var family: AlgorithmFamily {
        switch self {
        case .rsa2048: .rsa2048
        case .p256: .p256
        case .sm2: .sm2
        }
    }

    /// The algorithm for a family on a card that states these extensions; `nil` where the card has no SM2.
    package init?(_ family: AlgorithmFamily, extensions: AlgorithmExtensions?) {
        switch family {
        case .rsa2048: self = .rsa2048
        case .p256: self = .p256
        case .sm2:
            guard let extensions, extensions.enabled else { return nil }
            self = .sm2(identifier: extensions.sm2)
        }
    }
}

/// The management key's cipher (NIST SP 800-78-4, table 6-1).
package enum ManagementAlgorithm: UInt8, Sendable, Codable, CaseIterable {
    case tripleDES = 0x03
    case aes128 = 0x08
    case aes192 = 0x0A
    case aes256 = 0x0C

    package var keyLength: Int {
        switch self {
        case .tripleDES, .aes192: 24
        case .aes128: 16
        case .aes256: 32
        }
    }

    package var blockLength: Int { self == .tripleDES ? 8 : 16 }

    package var cipher: BlockCipher {
        switch self {
        case .tripleDES: .tripleDES
        case .aes128: .aes128
        case .aes192: .aes192
        case .aes256: .aes256
        }
    }
}

/// When the PIN is asked for before a key is used (a Yubico extension that other makers took over).
package enum PINPolicy: UInt8, Sendable, Codable, CaseIterable {
    case byPlace = 0x00
    case never = 0x01
    case once = 0x02
    case always = 0x03
}
