internal import Groundwork

extension PDFObject {
    /// As it stands in a file. Strings are hexadecimal, so that no byte needs escaping.
    var written: [UInt8] {
        var output: [UInt8] = []
        write(to: &output)
        return output
    }

    func write(to output: inout [UInt8]) {
        switch self {
        case .null: output += "null".utf8
        case .boolean(let value): output += (value ? "true" : "false").utf8
        case .integer(let value): output += String(value).utf8
        case .real(let text): output += text.utf8
        case .string(let bytes):
            output.append(UInt8(ascii: "<"))
            output += Hex.encode(bytes).utf8
            output.append(UInt8(ascii: ">"))
        case .name(let name): name.write(to: &output)
        case .reference(let id): output += "\(id.number) \(id.generation) R".utf8
        case .array(let items):
            output.append(UInt8(ascii: "["))
            for (index, item) in items.enumerated() {
                if index > 0 { output.append(UInt8(ascii: " ")) }
                item.write(to: &output)
            }
            output.append(UInt8(ascii: "]"))
        case .dictionary(let dictionary), .stream(let dictionary):
            output += "<<".utf8
            for (key, value) in dictionary.entries {
                output.append(UInt8(ascii: " "))
                key.write(to: &output)
                output.append(UInt8(ascii: " "))
                value.write(to: &output)
            }
            output += " >>".utf8
        }
    }

    /// A number with at most five decimals, as PDF writes them: never an exponent.
    static func number(_ value: Double) -> PDFObject {
        let scaled = (value * 100_000).rounded()
        guard scaled.isFinite, abs(scaled) < 9e15 else { return .integer(0) }
        let whole = Int(scaled)
        if whole % 100_000 == 0 { return .integer(whole / 100_000) }
        let sign = whole < 0 ? "-" : ""
        var rest = String(whole.magnitude % 100_000).leftPadded(to: 5)
        while rest.hasSuffix("0") { rest.removeLast() }
        return .real("\(sign)\(whole.magnitude / 100_000).\(rest)")
    }

    /// A text string (7.9.2.2): ASCII as it is, everything else in UTF-16BE behind a byte order mark.
    static func text(_ text: String) -> PDFObject {
        if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return .string(Array(text.utf8)) }
        return .string(
            [0xFE, 0xFF] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] })
    }

    /// A date (7.9.4) in UTC.
    static func date(_ instant: Instant) -> PDFObject { .string(Array("D:\(instant.utc.digits)+00'00'".utf8)) }
}

extension PDFName {
    func write(to output: inout [UInt8]) {
        output.append(UInt8(ascii: "/"))
        for byte in bytes {
            if (0x21...0x7E).contains(byte), !PDFCharacter.isDelimiter(byte), byte != UInt8(ascii: "#") {
                output.append(byte)
            } else {
                output += "#\(Hex.encode([byte]))".utf8
            }
        }
    }
}
