/// The identifiers of algorithms beyond the standard, as a card states them (`00 EE 01 00`, a CanoKey extension).
///
/// They can be changed on the card, so they are read and never assumed.
package struct AlgorithmExtensions: Hashable, Sendable {
    /// Whether the card obeys these identifiers at present.
    package var enabled: Bool
    package var ed25519: UInt8
    package var rsa3072: UInt8
    package var rsa4096: UInt8
    package var x25519: UInt8
    package var secp256k1: UInt8
    package var sm2: UInt8

    package init(
        enabled: Bool = true, ed25519: UInt8 = 0x22, rsa3072: UInt8 = 0x05, rsa4096: UInt8 = 0x51,
        x25519: UInt8 = 0x52, secp256k1: UInt8 = 0x53, sm2: UInt8 = 0x54
    ) {
        self.enabled = enabled
        self.ed25519 = ed25519
        self.rsa3072 = rsa3072
        self.rsa4096 = rsa4096
        self.x25519 = x25519
        self.secp256k1 = secp256k1
        self.sm2 = sm2
    }

    /// Reads the card's answer. The released layout has seven bytes, the first of them the switch; later ones put
    /// secp521r1 before SM2 and may append more; a card without the switch answers six identifiers.
    package init?(parsing bytes: [UInt8]) {
        switch bytes.count {
        case 6:
            self.init(
                ed25519: bytes[0], rsa3072: bytes[1], rsa4096: bytes[2], x25519: bytes[3], secp256k1: bytes[4],
                sm2: bytes[5])
        case 7, 8...16:
            guard bytes[0] <= 1 else { return nil }
            self.init(
                enabled: bytes[0] == 1, ed25519: bytes[1], rsa3072: bytes[2], rsa4096: bytes[3], x25519: bytes[4],
                secp256k1: bytes[5], sm2: bytes[bytes.count == 7 ? 6 : 7])
        default: return nil
        }
    }

    /// The released layout.
    package var bytes: [UInt8] { [enabled ? 1 : 0, ed25519, rsa3072, rsa4096, x25519, secp256k1, sm2] }
}
