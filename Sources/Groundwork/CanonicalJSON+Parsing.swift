extension CanonicalJSON {
    /// Why bytes from outside are not JSON that we read.
    package enum ParsingError: Error, Equatable, Sendable {
        case tooLarge
        case tooDeep
        case malformed(offset: Int)
        case repeatedMember(String)
        /// Valid JSON, yet not the one form that encoding gives.
        case notCanonical
    }

    /// Reads any JSON whose numbers are integers within ±(2⁵³ − 1); nesting is limited to 32.
    package init(parsing bytes: [UInt8], limit: Int = 1 << 20) throws(ParsingError) {
        guard bytes.count <= limit else { throw .tooLarge }
        var parser = JSONParser(bytes: bytes)
        self = try parser.document()
    }

    /// Reads JSON and insists that it was in canonical form, so that equal values have equal bytes.
    package init(parsingCanonical bytes: [UInt8], limit: Int = 1 << 20) throws(ParsingError) {
        try self.init(parsing: bytes, limit: limit)
        guard self.bytes == bytes else { throw .notCanonical }
    }
}

private struct JSONParser {
    let bytes: [UInt8]
    var offset = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func document() throws(CanonicalJSON.ParsingError) -> CanonicalJSON {
        let value = try value(depth: 0)
        skipSpace()
        guard offset == bytes.count else { throw .malformed(offset: offset) }
        return value
    }

    private mutating func skipSpace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0A, 0x0D: offset += 1
            default: return
            }
        }
    }

    private mutating func take(_ expected: UInt8) throws(CanonicalJSON.ParsingError) {
        guard offset < bytes.count, bytes[offset] == expected else { throw .malformed(offset: offset) }
        offset += 1
    }

    private mutating func take(_ word: String, as value: CanonicalJSON) throws(CanonicalJSON.ParsingError)
        -> CanonicalJSON
    {
        for byte in word.utf8 { try take(byte) }
        return value
    }

    private mutating func value(depth: Int) throws(CanonicalJSON.ParsingError) -> CanonicalJSON {
        guard depth <= 32 else { throw .tooDeep }
        skipSpace()
        guard offset < bytes.count else { throw .malformed(offset: offset) }
        switch bytes[offset] {
        case UInt8(ascii: "n"): return try take("null", as: .null)
        case UInt8(ascii: "t"): return try take("true", as: .bool(true))
        case UInt8(ascii: "f"): return try take("false", as: .bool(false))
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "{"): return try object(depth: depth)
        default: return try number()
        }
    }

    private mutating func array(depth: Int) throws(CanonicalJSON.ParsingError) -> CanonicalJSON {
        try take(UInt8(ascii: "["))
        var values: [CanonicalJSON] = []
        skipSpace()
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "]") {
            offset += 1
            return .array([])
        }
        while true {
            values.append(try value(depth: depth + 1))
            skipSpace()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: ",") else { break }
            offset += 1
        }
        try take(UInt8(ascii: "]"))
        return .array(values)
    }

    private mutating func object(depth: Int) throws(CanonicalJSON.ParsingError) -> CanonicalJSON {
        try take(UInt8(ascii: "{"))
        var members: [String: CanonicalJSON] = [:]
        skipSpace()
        if offset < bytes.count, bytes[offset] == UInt8(ascii: "}") {
            offset += 1
            return .object([:])
        }
        while true {
            skipSpace()
            let name = try string()
            skipSpace()
            try take(UInt8(ascii: ":"))
            let value = try value(depth: depth + 1)
            guard members.updateValue(value, forKey: name) == nil else { throw .repeatedMember(name) }
            skipSpace()
            guard offset < bytes.count, bytes[offset] == UInt8(ascii: ",") else { break }
            offset += 1
        }
        try take(UInt8(ascii: "}"))
        return .object(members)
    }

    private mutating func number() throws(CanonicalJSON.ParsingError) -> CanonicalJSON {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let digits = offset
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) { offset += 1 }
        guard offset > digits, offset - digits == 1 || bytes[digits] != UInt8(ascii: "0"),
            let value = Int64(String(decoding: bytes[start..<offset], as: UTF8.self)),
            abs(value) <= CanonicalJSON.largestInteger
        else { throw .malformed(offset: start) }
        return .integer(value)
    }

    private mutating func string() throws(CanonicalJSON.ParsingError) -> String {
        try take(UInt8(ascii: "\""))
        var text: [UInt8] = []
        while true {
            guard offset < bytes.count, bytes[offset] >= 0x20 else { throw .malformed(offset: offset) }
            let byte = bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\"") { break }
            if byte == UInt8(ascii: "\\") {
                text += String(try escape()).utf8
            } else {
                text.append(byte)
            }
        }
        guard let string = String(validating: text, as: UTF8.self) else { throw .malformed(offset: offset) }
        return string
    }

    private mutating func escape() throws(CanonicalJSON.ParsingError) -> Unicode.Scalar {
        guard offset < bytes.count else { throw .malformed(offset: offset) }
        let byte = bytes[offset]
        offset += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"):
            let high = try codeUnit()
            if let scalar = Unicode.Scalar(high) { return scalar }
            guard (0xD800..<0xDC00).contains(high) else { throw .malformed(offset: offset) }
            try take(UInt8(ascii: "\\"))
            try take(UInt8(ascii: "u"))
            let low = try codeUnit()
            guard (0xDC00..<0xE000).contains(low),
                let scalar = Unicode.Scalar(0x10000 + (UInt32(high) - 0xD800) << 10 + UInt32(low) - 0xDC00)
            else { throw .malformed(offset: offset) }
            return scalar
        default: throw .malformed(offset: offset - 1)
        }
    }

    private mutating func codeUnit() throws(CanonicalJSON.ParsingError) -> UInt16 {
        guard offset + 4 <= bytes.count,
            let pair = Hex.decode(String(decoding: bytes[offset..<offset + 4], as: UTF8.self))
        else { throw .malformed(offset: offset) }
        offset += 4
        return UInt16(pair[0]) << 8 | UInt16(pair[1])
    }
}
