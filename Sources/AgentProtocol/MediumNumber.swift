package import Groundwork

/// The name of one security key: 128 random bits, given at stock-in and written to the GUID of the card's CHUID.
///
/// It is no secret and proves nothing: the card proves itself with its management secret. The maker's serial number is
/// an attribute only, for a card may have serial 0.
package struct MediumNumber: Hashable, Sendable, Comparable {
    package let bytes: [UInt8]

    /// `nil` unless there are 16 bytes, not all zero (SP 800-73 lets a card without a GUID say so with zeros).
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16, bytes.contains(where: { $0 != 0 }) else { return nil }
        self.bytes = Array(bytes)
    }

    /// `nil` unless there are 32 hexadecimal digits.
    package init?(hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// A new name. The first bit is set, so that it is never zero.
    package static func random(in surroundings: Surroundings) -> MediumNumber {
        var bytes = surroundings.randomBytes(16)
        bytes[0] |= 0x80
        return MediumNumber(unchecked: bytes)
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    package var hex: String { Hex.encode(bytes) }

    package static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension MediumNumber: CustomStringConvertible {
    package var description: String { hex }
}

extension MediumNumber: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = MediumNumber(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected 32 hexadecimal digits")
        }
        self = value
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
