/// What an identifier names: gives it its own type and its prefix in what people see.
package protocol IdentifierKind {
    /// Shown before the identifier, such as `case` in `case_0192…`.
    static var prefix: String { get }
}

/// A UUIDv7 (RFC 9562, 5.7) of one kind: 48 bits of Unix milliseconds, then random bits. 16 bytes.
///
/// Stored as 16 bytes, shown as `case_` and 32 hexadecimal digits.
package struct Identifier<Kind: IdentifierKind>: Hashable, Sendable, Comparable {
    package let bytes: [UInt8]

    /// A new identifier, made from the surroundings' clock and randomness.
    package init(in surroundings: Surroundings) {
        let milliseconds = UInt64(bitPattern: surroundings.now().milliseconds)
        var bytes = (0..<6).map { UInt8(truncatingIfNeeded: milliseconds >> (40 - 8 * UInt64($0))) }
        bytes += surroundings.randomBytes(10)
        bytes[6] = 0x70 | bytes[6] & 0x0F
        bytes[8] = 0x80 | bytes[8] & 0x3F
        self.bytes = bytes
    }

    /// An identifier as stored; `nil` unless it has 16 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        self.bytes = Array(bytes)
    }

    /// An identifier as shown; `nil` if the prefix is another kind's or the digits are not 32 hexadecimal ones.
    package init?(shown: some StringProtocol) {
        let parts = shown.split(separator: "_", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == Kind.prefix, let bytes = Hex.decode(parts[1]) else { return nil }
        self.init(bytes: bytes)
    }

    package var shown: String { "\(Kind.prefix)_\(Hex.encode(bytes))" }

    package static func < (left: Self, right: Self) -> Bool { left.bytes.lexicographicallyPrecedes(right.bytes) }
}

extension Identifier: CustomStringConvertible {
    package var description: String { shown }
}

extension Identifier: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Identifier(shown: try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected \(Kind.prefix)_<32 hex>")
        }
        self = value
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(shown)
    }
}
