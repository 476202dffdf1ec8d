package import Groundwork

/// An object identifier (X.660), held as the content bytes of its DER encoding.
package struct OID: Hashable, Sendable {
    /// The content bytes: base-128 arcs, the first two in one.
    package let content: [UInt8]

    /// A text such as `1.2.840.113549` from configuration or a person.
    package init(validating text: String) throws(Refusal) {
        guard let content = OID.encode(text) else { throw .cryptography(.malformed, .oid, text) }
        self.content = content
    }

    /// Content bytes from outside: at most 64, minimal arcs (X.690, 8.19), none above 128 bits.
    package init(content: some Collection<UInt8>) throws(DERFault) {
        guard !content.isEmpty, content.count <= 64 else { throw .malformed("OID length") }
        var arcLength = 0
        for byte in content {
            if arcLength == 0, byte == 0x80 { throw .malformed("OID arc is not minimal") }
            arcLength = byte & 0x80 == 0 ? 0 : arcLength + 1
            guard arcLength < 18 else { throw .malformed("OID arc is too large") }
        }
        guard arcLength == 0 else { throw .malformed("OID ends in the middle of an arc") }
        self.content = Array(content)
    }

    package var der: [UInt8] { DER.element(0x06, content) }

    private static func encode(_ text: String) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count >= 2, parts.count <= 32 else { return nil }
        var arcs: [UInt64] = []
        for part in parts {
            guard let arc = UInt64(part), arc < 1 << 62, String(arc) == part else { return nil }
            arcs.append(arc)
        }
        guard arcs[0] < 2 && arcs[1] < 40 || arcs[0] == 2 else { return nil }
        let all = [arcs[0] * 40 + arcs[1]] + arcs[2...]
        let content = all.flatMap { arc -> [UInt8] in
            var bytes = [UInt8(arc & 0x7F)]
            var rest = arc >> 7
            while rest > 0 {
                bytes.append(UInt8(rest & 0x7F) | 0x80)
                rest >>= 7
            }
            return bytes.reversed()
        }
        return content.count <= 64 ? content : nil
    }
}

extension OID: ExpressibleByStringLiteral {
    /// A literal of the program itself; a wrong one is a mistake of the programmer that the first run shows.
    package init(stringLiteral value: String) {
        guard let content = OID.encode(value) else { preconditionFailure("not an object identifier: \(value)") }
        self.content = content
    }
}

extension OID: CustomStringConvertible {
    /// The dotted form.
    package var description: String {
        var arcs: [UInt128] = []
        var arc: UInt128 = 0
        for byte in content {
            arc = arc << 7 | UInt128(byte & 0x7F)
            if byte & 0x80 == 0 {
                if arcs.isEmpty {
                    arcs = arc < 80 ? [arc / 40, arc % 40] : [2, arc - 80]
                } else {
                    arcs.append(arc)
                }
                arc = 0
            }
        }
        return arcs.map(String.init).joined(separator: ".")
    }
}

extension OID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let content = OID.encode(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected an object identifier")
        }
        self.content = content
    }
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
