internal import Cryptography

/// What a card says of one of its keys or secrets (GET METADATA, a Yubico extension that CanoKey shares).
package struct KeyMetadata: Hashable, Sendable {
    package enum Origin: UInt8, Sendable {
        case generated = 1
        case imported = 2
    }

    /// The card's identifier of the algorithm; `0xFF` for a PIN or PUK.
    package var algorithm: UInt8?
    package var pinPolicy: PINPolicy?
    package var origin: Origin?
    /// The public key's own encoding (`86 …` or `81 … 82 …`), for keys.
    package var publicKey: [UInt8]?
    package var isDefault: Bool?
    package var totalTries: Int?
    package var triesLeft: Int?

    package init() {}

    package init?(parsing bytes: [UInt8]) {
        guard let parts = TLV.parse(bytes) else { return nil }
        for part in parts {
            switch part.tag {
            case 0x01: algorithm = part.value.first
            case 0x02: pinPolicy = part.value.first.flatMap(PINPolicy.init(rawValue:))
            case 0x03: origin = part.value.first.flatMap(Origin.init(rawValue:))
            case 0x04: publicKey = part.value
            case 0x05: isDefault = part.value.first.map { $0 != 0 }
            case 0x06:
                guard part.value.count == 2 else { return nil }
                totalTries = Int(part.value[0])
                triesLeft = Int(part.value[1])
            default: break
            }
        }
    }
}

/// A card's firmware, as three numbers.
package struct FirmwareVersion: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let major: UInt8
    package let minor: UInt8
    package let patch: UInt8

    package init(_ major: UInt8, _ minor: UInt8, _ patch: UInt8) {
        self.major = major
        self.minor = minor
        self.patch = patch
    }

    package var description: String { "\(major).\(minor).\(patch)" }
    package static func < (left: Self, right: Self) -> Bool {
        (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
    }
}

/// A public key as a card states it: tag `86` with a point, or `81` and `82` with modulus and exponent.
enum CardPublicKey {
    static func parse(_ bytes: [UInt8], family: AlgorithmFamily) throws(CardError) -> PublicKey {
        guard let parts = TLV.parse(bytes) else { throw .malformedAnswer("a public key that is no TLV") }
        do {
            switch family {
            case .p256, .sm2:
                guard let point = parts.value(of: 0x86), point.count == 65, point[0] == 0x04 else {
                    throw CardError.malformedAnswer("a public key without a point")
                }
                return try PublicKey(ecPoint: point, family: family)
            case .rsa2048:
                guard let modulus = parts.value(of: 0x81), let exponent = parts.value(of: 0x82),
                    modulus.drop(while: { $0 == 0 }).count == 256, (1...8).contains(exponent.count)
                else { throw CardError.malformedAnswer("a public key without modulus and exponent") }
                return try PublicKey(rsaModulus: modulus, exponent: exponent)
            }
        } catch let error as CardError {
            throw error
        } catch {
            throw .malformedAnswer("a public key that is none: \(error)")
        }
    }
}
