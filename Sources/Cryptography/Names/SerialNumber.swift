package import Groundwork

/// A certificate's serial number, held as the content of its INTEGER.
///
/// Ours have 16 bytes of which the first is 1 to 127, so that DER neither pads nor shortens them; a number read from
/// somebody else's certificate may have another length, and is only ever compared.
package struct SerialNumber: Hashable, Sendable, Comparable {
    package let bytes: [UInt8]

    /// 16 random bytes with the first bit 0 and the first byte not 0; unique by randomness and by the store.
    package static func random(in surroundings: Surroundings) -> SerialNumber {
        // A bounded number of draws: surroundings that give zeros only (a test's) end in a fixed first byte.
        for _ in 0..<64 {
            var bytes = surroundings.randomBytes(16)
            bytes[0] &= 0x7F
            if let serial = SerialNumber(bytes) { return serial }
        }
        return SerialNumber(unchecked: [0x01] + surroundings.randomBytes(15))
    }

    private init(unchecked bytes: [UInt8]) { self.bytes = bytes }

    /// One of our own numbers; `nil` for any other shape.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == 16, let first = bytes.first, (1...0x7F).contains(first) else { return nil }
        self.bytes = Array(bytes)
    }

    /// Any minimal INTEGER of up to 32 bytes: a certificate or a question from outside.
    init(_ element: DERElement) throws(DERFault) {
        let content = try element.integerContent()
        guard content.count <= 32 else { throw .malformed("serial number is too long") }
        bytes = Array(content)
    }

    package init?(hex: some StringProtocol) {
        guard let bytes = Hex.decode(hex) else { return nil }
        self.init(bytes)
    }

    /// 32 lower-case digits: what people read and what is stored beside the bytes.
    package var hex: String { Hex.encode(bytes) }
    package var der: [UInt8] { DER.element(0x02, bytes) }

    package static func < (left: SerialNumber, right: SerialNumber) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }
}

extension SerialNumber: CustomStringConvertible {
    package var description: String { hex }
}

extension SerialNumber: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let serial = SerialNumber(hex: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected a serial number")
        }
        self = serial
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
