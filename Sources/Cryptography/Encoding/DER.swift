/// Writes DER (X.690). Each function returns one complete element.
///
/// Containers add up the sizes of their parts first and copy each part once, so that the cost of a structure is its
/// size times its depth.
package enum DER {
    /// One element with this identifier byte.
    package static func element(_ identifier: UInt8, _ content: some Collection<UInt8>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count + 6)
        appendHeader(identifier, length: content.count, to: &bytes)
        bytes.append(contentsOf: content)
        return bytes
    }

    /// One element made of parts that follow each other.
    package static func element(_ identifier: UInt8, joining parts: [[UInt8]]) -> [UInt8] {
        let length = parts.reduce(0) { $0 + $1.count }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(length + 6)
        appendHeader(identifier, length: length, to: &bytes)
        for part in parts { bytes.append(contentsOf: part) }
        return bytes
    }

    /// Identifier and length bytes: what stands before `length` bytes of content.
    package static func appendHeader(_ identifier: UInt8, length: Int, to bytes: inout [UInt8]) {
        bytes.append(identifier)
        if length < 0x80 {
            bytes.append(UInt8(length))
            return
        }
        let count = (Int.bitWidth - length.leadingZeroBitCount + 7) / 8
        bytes.append(0x80 | UInt8(count))
        for index in (0..<count).reversed() { bytes.append(UInt8(truncatingIfNeeded: length >> (8 * index))) }
    }

    package static func sequence(_ parts: [[UInt8]]) -> [UInt8] { element(0x30, joining: parts) }

    /// SET OF: the members in ascending order of their encodings (X.690, 11.6).
    package static func set(_ members: [[UInt8]]) -> [UInt8] {
        element(0x31, joining: members.sorted { $0.lexicographicallyPrecedes($1) })
    }

    /// A set whose members are already in their order, such as one that was read and is written again.
    package static func setOfInOrder(_ members: [[UInt8]]) -> [UInt8] { element(0x31, joining: members) }

    package static func integer(_ value: Int) -> [UInt8] {
        var bytes = (0..<8).reversed().map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        while bytes.count > 1, bytes[0] == 0 && bytes[1] < 0x80 || bytes[0] == 0xFF && bytes[1] >= 0x80 {
            bytes.removeFirst()
        }
        return element(0x02, bytes)
    }

    /// A non-negative number, given as bytes with the most significant first.
    package static func integer(_ bytes: some Collection<UInt8>) -> [UInt8] {
        let digits = bytes.drop { $0 == 0 }
        guard let first = digits.first else { return [0x02, 0x01, 0x00] }
        return first < 0x80 ? element(0x02, digits) : element(0x02, [0] + digits)
    }

    package static func enumerated(_ value: UInt8) -> [UInt8] {
        value < 0x80 ? [0x0A, 0x01, value] : [0x0A, 0x02, 0x00, value]
    }

    package static func oid(_ oid: OID) -> [UInt8] { oid.der }

    package static func octetString(_ bytes: some Collection<UInt8>) -> [UInt8] { element(0x04, bytes) }

    package static func bitString(_ bytes: [UInt8], unused: UInt8 = 0) -> [UInt8] {
        element(0x03, joining: [[unused], bytes])
    }

    /// A BIT STRING with named bits: trailing zero bits are left out (X.690, 11.2.2).
    package static func namedBits(_ bits: Set<Int>) -> [UInt8] {
        guard let last = bits.max() else { return [0x03, 0x01, 0x00] }
        var bytes = [UInt8](repeating: 0, count: last / 8 + 1)
        for bit in bits { bytes[bit / 8] |= 0x80 >> UInt8(bit % 8) }
        return bitString(bytes, unused: UInt8(7 - last % 8))
    }

    package static let null: [UInt8] = [0x05, 0x00]

    package static func boolean(_ value: Bool) -> [UInt8] { [0x01, 0x01, value ? 0xFF : 0x00] }

    package static func utf8String(_ text: String) -> [UInt8] { element(0x0C, Array(text.utf8)) }
    /// Whether the text is within the alphabet is the caller's to know: see ``isPrintable(_:)``.
    package static func printableString(_ text: String) -> [UInt8] { element(0x13, Array(text.utf8)) }
    package static func ia5String(_ text: String) -> [UInt8] { element(0x16, Array(text.utf8)) }

    /// Whether every character is in the alphabet of PrintableString (X.680, 41.4).
    package static func isPrintable(_ text: String) -> Bool {
        text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: " '()+,-./:=?".utf8.contains($0)
            }
        }
    }

    /// `[tag] EXPLICIT`: a context-specific, constructed element around a complete one.
    package static func explicit(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] { element(0xA0 | tag, content) }

    /// `[tag] IMPLICIT`: the content bytes alone under a context-specific identifier.
    package static func implicit(_ tag: UInt8, constructed: Bool, content: some Collection<UInt8>) -> [UInt8] {
        element((constructed ? 0xA0 : 0x80) | tag, content)
    }

    /// The same element under another identifier byte: an EXPLICIT-free way to write `[0] IMPLICIT SET OF`.
    package static func retagged(_ element: [UInt8], _ identifier: UInt8) -> [UInt8] {
        guard !element.isEmpty else { return element }
        var bytes = element
        bytes[0] = identifier
        return bytes
    }
}
