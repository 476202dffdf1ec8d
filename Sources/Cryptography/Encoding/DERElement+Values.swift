extension DERElement {
    /// An INTEGER's content: two's complement, minimal (X.690, 8.3.2).
    package func integerContent() throws(DERFault) -> ArraySlice<UInt8> {
        try expect(0x02)
        return try minimalInteger()
    }

    private func minimalInteger() throws(DERFault) -> ArraySlice<UInt8> {
        let bytes = content
        guard let first = bytes.first else { throw .malformed("empty INTEGER") }
        if bytes.count > 1 {
            let second = bytes[bytes.startIndex + 1]
            if first == 0 && second < 0x80 || first == 0xFF && second >= 0x80 {
                throw .malformed("INTEGER is not minimal")
            }
        }
        return bytes
    }

    /// A small INTEGER.
    package func integer() throws(DERFault) -> Int {
        let bytes = try integerContent()
        guard bytes.count <= 8 else { throw .malformed("INTEGER is too large") }
        return bytes.reduce(bytes.first! >= 0x80 ? -1 : 0) { $0 << 8 | Int($1) }
    }

    /// A non-negative INTEGER as bytes, most significant first, without a leading zero.
    package func unsignedInteger(limit: Int) throws(DERFault) -> [UInt8] {
        let bytes = try integerContent()
        guard bytes.first! < 0x80 else { throw .malformed("INTEGER is negative") }
        let digits = bytes.count > 1 && bytes.first == 0 ? bytes.dropFirst() : bytes
        guard digits.count <= limit else { throw .malformed("INTEGER is too large") }
        return Array(digits)
    }

    package func enumerated() throws(DERFault) -> Int {
        try expect(0x0A)
        let bytes = try minimalInteger()
        guard bytes.count <= 4, bytes.first! < 0x80 else { throw .malformed("ENUMERATED is out of range") }
        return bytes.reduce(0) { $0 << 8 | Int($1) }
    }

    package func boolean() throws(DERFault) -> Bool {
        try expect(0x01)
        switch Array(content) {
        case [0x00]: return false
        case [0xFF]: return true
        default: throw .malformed("BOOLEAN")
        }
    }

    package func oid() throws(DERFault) -> OID {
        try expect(0x06)
        return try OID(content: content)
    }

    package func octetString() throws(DERFault) -> ArraySlice<UInt8> {
        try expect(0x04)
        return content
    }

    package func null() throws(DERFault) {
        try expect(0x05)
        guard content.isEmpty else { throw .malformed("NULL") }
    }

    /// A BIT STRING that holds whole bytes, such as a signature.
    package func bitStringBytes() throws(DERFault) -> [UInt8] {
        try expect(0x03)
        guard content.first == 0 else { throw .malformed("BIT STRING with unused bits") }
        return Array(content.dropFirst())
    }

    /// A BIT STRING with named bits: no trailing zero bit, unused bits zero (X.690, 11.2).
    package func namedBits() throws(DERFault) -> Set<Int> {
        try expect(0x03)
        guard let unused = content.first, unused < 8, content.count <= 9 else { throw .malformed("BIT STRING") }
        let bytes = Array(content.dropFirst())
        guard let last = bytes.last else {
            guard unused == 0 else { throw .malformed("BIT STRING") }
            return []
        }
        guard last.trailingZeroBitCount == Int(unused) else { throw .malformed("BIT STRING with trailing zero bits") }
        return Set((0..<(bytes.count * 8)).filter { bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) != 0 })
    }

    /// UTF8String, PrintableString or IA5String; `nil` for another type.
    package func text() throws(DERFault) -> String? {
        switch identifier {
        case 0x0C:
            guard let text = String(validating: content, as: UTF8.self) else { throw .malformed("UTF8String") }
            return text
        case 0x13:
            guard let text = String(validating: content, as: UTF8.self), DER.isPrintable(text) else {
                throw .malformed("PrintableString")
            }
            return text
        case 0x16: return try ascii()
        default: return nil
        }
    }

    /// The content as seven-bit text, whatever the identifier: IA5String, also where it is implicitly tagged.
    package func ascii() throws(DERFault) -> String {
        guard content.allSatisfy({ $0 < 0x80 }) else { throw .malformed("IA5String") }
        return String(decoding: content, as: UTF8.self)
    }
}
