/// A JSON value without floating point numbers, written in one way only (RFC 8785).
///
/// What is signed or hashed is these bytes; readers keep the bytes and never encode again. Numbers are integers within
/// ±(2⁵³ − 1), so that every JSON reader sees the same value.
package enum CanonicalJSON: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case string(String)
    case array([CanonicalJSON])
    case object([String: CanonicalJSON])

    package static let largestInteger: Int64 = 9_007_199_254_740_991

    /// The canonical bytes: members sorted by UTF-16 code units, no white space, the shortest escapes (RFC 8785, 3.2).
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        write(to: &out)
        return out
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }

    package subscript(name: String) -> CanonicalJSON? {
        if case .object(let members) = self { members[name] } else { nil }
    }
    package var string: String? { if case .string(let value) = self { value } else { nil } }
    package var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
    package var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
    package var array: [CanonicalJSON]? { if case .array(let value) = self { value } else { nil } }
    package var object: [String: CanonicalJSON]? { if case .object(let value) = self { value } else { nil } }

    private func write(to out: inout [UInt8]) {
        switch self {
        case .null: out += "null".utf8
        case .bool(let value): out += (value ? "true" : "false").utf8
        case .integer(let value): out += String(value).utf8
        case .string(let value): Self.write(value, to: &out)
        case .array(let values):
            out.append(UInt8(ascii: "["))
            for (index, value) in values.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                value.write(to: &out)
            }
            out.append(UInt8(ascii: "]"))
        case .object(let members):
            out.append(UInt8(ascii: "{"))
            let sorted = members.sorted { Self.precedes($0.key, $1.key) }
            for (index, member) in sorted.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                Self.write(member.key, to: &out)
                out.append(UInt8(ascii: ":"))
                member.value.write(to: &out)
            }
            out.append(UInt8(ascii: "}"))
        }
    }

    private static func write(_ string: String, to out: inout [UInt8]) {
        out.append(UInt8(ascii: "\""))
        // What is escaped is ASCII, and no byte of a longer character is.
        if string.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C }) {
            for byte in string.utf8 { escape(byte, to: &out) }
        } else {
            out.append(contentsOf: string.utf8)
        }
        out.append(UInt8(ascii: "\""))
    }
}

extension CanonicalJSON {
    private static func escape(_ byte: UInt8, to out: inout [UInt8]) {
        switch byte {
        case UInt8(ascii: "\""): out += "\\\"".utf8
        case UInt8(ascii: "\\"): out += "\\\\".utf8
        case 0x08: out += "\\b".utf8
        case 0x0C: out += "\\f".utf8
        case 0x0A: out += "\\n".utf8
        case 0x0D: out += "\\r".utf8
        case 0x09: out += "\\t".utf8
        case 0..<0x20: out += "\\u00\(Hex.encode([byte]))".utf8
        default: out.append(byte)
        }
    }

    /// By UTF-16 code units; for ASCII these are the bytes.
    private static func precedes(_ left: String, _ right: String) -> Bool {
        for (one, other) in zip(left.utf8, right.utf8) where one != other {
            if (one | other) < 0x80 { return one < other }
            return left.utf16.lexicographicallyPrecedes(right.utf16)
        }
        return left.utf8.count < right.utf8.count
    }
}

extension CanonicalJSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: CanonicalJSON...) { self = .array(elements) }
    package init(dictionaryLiteral elements: (String, CanonicalJSON)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { $1 }))
    }
}
