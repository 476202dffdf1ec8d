/// One data object of a card: tag, length, value (BER-TLV, ISO/IEC 7816-4, 5.2.2).
///
/// Lengths are written in the shortest form and read in any definite form of up to four bytes, for cards differ; a
/// length that reaches beyond the bytes at hand is refused.
package struct TLV: Hashable, Sendable {
    /// A tag of one to three bytes, as the number that those bytes make: `0x53`, `0x7F49`, `0x5FC105`.
    package struct Tag: RawRepresentable, Hashable, Sendable, ExpressibleByIntegerLiteral {
        package let rawValue: UInt32

        package init(rawValue: UInt32) { self.rawValue = rawValue }
        package init(integerLiteral value: UInt32) { rawValue = value }

        package var bytes: [UInt8] {
            let all = [UInt8(rawValue >> 16 & 0xFF), UInt8(rawValue >> 8 & 0xFF), UInt8(rawValue & 0xFF)]
            return Array(all[(rawValue > 0xFFFF ? 0 : rawValue > 0xFF ? 1 : 2)...])
        }
    }

    package var tag: Tag
    package var value: [UInt8]

    package init(_ tag: Tag, _ value: [UInt8]) {
        self.tag = tag
        self.value = value
    }

    /// A data object made of others.
    package init(_ tag: Tag, containing parts: [TLV]) { self.init(tag, TLV.encode(parts)) }

    package var bytes: [UInt8] { tag.bytes + Self.lengthBytes(value.count) + value }

    package static func encode(_ objects: [TLV]) -> [UInt8] { objects.flatMap(\.bytes) }

    static func lengthBytes(_ count: Int) -> [UInt8] {
        switch count {
        case ..<0x80: [UInt8(count)]
        case ..<0x100: [0x81, UInt8(count)]
        case ..<0x1_0000: [0x82, UInt8(count >> 8), UInt8(count & 0xFF)]
        default: [0x83, UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF), UInt8(count & 0xFF)]
        }
    }

    /// The data objects that follow one another and fill the bytes; `nil` if they do not add up.
    package static func parse(_ bytes: some Sequence<UInt8>) -> [TLV]? {
        var reader = Reader(bytes: Array(bytes))
        var objects: [TLV] = []
        while !reader.isAtEnd {
            guard let object = reader.object() else { return nil }
            objects.append(object)
        }
        return objects
    }

    /// The one data object that fills the bytes.
    package init?(parsing bytes: some Sequence<UInt8>) {
        guard let objects = TLV.parse(bytes), objects.count == 1 else { return nil }
        self = objects[0]
    }

    /// The data objects inside this one; `nil` if its value is not made of such.
    package var parts: [TLV]? { TLV.parse(value) }

    private struct Reader {
        let bytes: [UInt8]
        var offset = 0

        init(bytes: [UInt8]) { self.bytes = bytes }

        var isAtEnd: Bool { offset == bytes.count }

        mutating func next() -> UInt8? {
            guard offset < bytes.count else { return nil }
            defer { offset += 1 }
            return bytes[offset]
        }

        mutating func object() -> TLV? {
            guard let tag = tag(), let length = length(), length <= bytes.count - offset else { return nil }
            defer { offset += length }
            return TLV(tag, Array(bytes[offset..<offset + length]))
        }

        private mutating func tag() -> Tag? {
            guard let first = next(), first != 0x00, first != 0xFF else { return nil }
            var number = UInt32(first)
            guard first & 0x1F == 0x1F else { return Tag(rawValue: number) }
            for _ in 0..<2 {
                guard let byte = next() else { return nil }
                number = number << 8 | UInt32(byte)
                if byte & 0x80 == 0 { return Tag(rawValue: number) }
            }
            return nil
        }

        private mutating func length() -> Int? {
            guard let first = next() else { return nil }
            guard first >= 0x80 else { return Int(first) }
            let count = Int(first & 0x7F)
            guard (1...4).contains(count) else { return nil }
            var length = 0
            for _ in 0..<count {
                guard let byte = next() else { return nil }
                length = length << 8 | Int(byte)
            }
            return length
        }
    }
}

extension Array where Element == TLV {
    /// The value of the first data object with this tag.
    package func value(of tag: TLV.Tag) -> [UInt8]? { first { $0.tag == tag }?.value }
}
