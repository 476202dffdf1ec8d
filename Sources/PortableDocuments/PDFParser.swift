/// The character classes of ISO 32000-1, 7.2.2.
enum PDFCharacter {
    static func isWhite(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 || byte == 0x0C || byte == 0
    }
    static func isDelimiter(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "]"), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "/"), UInt8(ascii: "%"):
            true
        default: false
        }
    }
    static func isRegular(_ byte: UInt8) -> Bool { !isWhite(byte) && !isDelimiter(byte) }
    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}

/// Where and why bytes are no PDF syntax.
enum PDFSyntaxError: Error, Equatable {
    case unexpected(at: Int)
    case tooDeep(at: Int)
    case duplicateKey(at: Int)
}

/// Reads objects from bytes, strictly: what viewers might read in two ways is an error.
struct PDFParser {
    let bytes: [UInt8]
    var position: Int

    private static let deepest = 64

    init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = max(0, position)
    }

    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    func next(_ offset: Int) -> UInt8? { position + offset < bytes.count ? bytes[position + offset] : nil }

    mutating func skipWhite() {
        while let byte = next {
            if PDFCharacter.isWhite(byte) {
                position += 1
            } else if byte == UInt8(ascii: "%") {
                while let byte = next, byte != 0x0A, byte != 0x0D { position += 1 }
            } else {
                return
            }
        }
    }

    /// Takes the word if it stands here and ends here.
    mutating func take(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard position + length <= bytes.count else { return false }
        for index in 0..<length where bytes[position + index] != word.utf8Start[index] { return false }
        if let after = next(length), PDFCharacter.isRegular(after) { return false }
        position += length
        return true
    }

    /// An unsigned decimal number of at most 18 digits.
    mutating func takeNatural() -> Int? {
        let start = position
        var value = 0
        while let byte = next, PDFCharacter.isDigit(byte), position - start < 18 {
            value = value * 10 + Int(byte - 0x30)
            position += 1
        }
        if position == start { return nil }
        if let byte = next, PDFCharacter.isRegular(byte) {
            position = start
            return nil
        }
        return value
    }

    mutating func parseObject(depth: Int = 0) throws(PDFSyntaxError) -> PDFObject {
        guard depth < Self.deepest else { throw .tooDeep(at: position) }
        skipWhite()
        guard let byte = next else { throw .unexpected(at: position) }
        switch byte {
        case UInt8(ascii: "/"): return .name(try parseName())
        case UInt8(ascii: "("): return .string(try parseLiteralString())
        case UInt8(ascii: "["):
            position += 1
            var items: [PDFObject] = []
            while true {
                skipWhite()
                if next == UInt8(ascii: "]") {
                    position += 1
                    return .array(items)
                }
                items.append(try parseObject(depth: depth + 1))
            }
        case UInt8(ascii: "<"):
            if next(1) == UInt8(ascii: "<") { return .dictionary(try parseDictionary(depth: depth)) }
            return .string(try parseHexString())
        case 0x30...0x39, UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): return try parseNumber()
        default:
            if take("true") { return .boolean(true) }
            if take("false") { return .boolean(false) }
            if take("null") { return .null }
            throw .unexpected(at: position)
        }
    }

    /// A dictionary; `found` hears where each top-level value stands.
    mutating func parseDictionary(
        depth: Int = 0, found: (PDFName, Range<Int>) -> Void = { _, _ in }
    ) throws(PDFSyntaxError) -> PDFDictionary {
        skipWhite()
        guard next == UInt8(ascii: "<"), next(1) == UInt8(ascii: "<") else { throw .unexpected(at: position) }
        position += 2
        var dictionary = PDFDictionary()
        var seen = Set<PDFName>()
        while true {
            skipWhite()
            if next == UInt8(ascii: ">"), next(1) == UInt8(ascii: ">") {
                position += 2
                return dictionary
            }
            guard next == UInt8(ascii: "/") else { throw .unexpected(at: position) }
            let start = position
            let key = try parseName()
            guard seen.insert(key).inserted else { throw .duplicateKey(at: start) }
            skipWhite()
            let valueStart = position
            let value = try parseObject(depth: depth + 1)
            found(key, valueStart..<position)
            dictionary.appendUnchecked(key, value)
        }
    }

    mutating func parseName() throws(PDFSyntaxError) -> PDFName {
        position += 1
        var name: [UInt8] = []
        while let byte = next, PDFCharacter.isRegular(byte) {
            if byte == UInt8(ascii: "#"), let high = next(1).flatMap(PDFCharacter.hexValue),
                let low = next(2).flatMap(PDFCharacter.hexValue)
            {
                name.append(high << 4 | low)
                position += 3
            } else {
                name.append(byte)
                position += 1
            }
            if name.count > 1024 { throw .unexpected(at: position) }
        }
        return PDFName(bytes: name)
    }

    private mutating func parseNumber() throws(PDFSyntaxError) -> PDFObject {
        let start = position
        if PDFCharacter.isDigit(bytes[position]), let number = takeNatural() {
            let afterFirst = position
            if position - start <= 10 {
                skipWhite()
                if let byte = next, PDFCharacter.isDigit(byte), let generation = takeNatural(), generation <= 65_535 {
                    skipWhite()
                    if take("R") { return .reference(ObjectID(number, generation)) }
                }
            }
            position = afterFirst
            return .integer(number)
        }
        position = start
        var text = ""
        while let byte = next, PDFCharacter.isRegular(byte), text.utf8.count < 64 {
            text.unicodeScalars.append(Unicode.Scalar(byte))
            position += 1
        }
        if let value = Int(text) { return .integer(value) }
        let allowed = text.utf8.enumerated().allSatisfy { index, byte in
            PDFCharacter.isDigit(byte) || byte == UInt8(ascii: ".")
                || (index == 0 && (byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")))
        }
        guard allowed, text.utf8.contains(where: PDFCharacter.isDigit),
            text.utf8.filter({ $0 == UInt8(ascii: ".") }).count <= 1
        else { throw .unexpected(at: start) }
        return .real(text)
    }

    private mutating func parseHexString() throws(PDFSyntaxError) -> [UInt8] {
        position += 1
        var output: [UInt8] = []
        var half: UInt8?
        while let byte = next {
            position += 1
            if byte == UInt8(ascii: ">") {
                if let half { output.append(half << 4) }
                return output
            }
            if PDFCharacter.isWhite(byte) { continue }
            guard let value = PDFCharacter.hexValue(byte) else { throw .unexpected(at: position - 1) }
            if let high = half {
                output.append(high << 4 | value)
                half = nil
            } else {
                half = value
            }
        }
        throw .unexpected(at: position)
    }

    private mutating func parseLiteralString() throws(PDFSyntaxError) -> [UInt8] {
        position += 1
        var output: [UInt8] = []
        var open = 1
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "("): open += 1
            case UInt8(ascii: ")"):
                open -= 1
                if open == 0 { return output }
            case UInt8(ascii: "\\"):
                if let escaped = takeEscape() { output.append(escaped) }
                continue
            case 0x0D:
                // Any end of line inside a string reads as one line feed (7.3.4.2).
                if next == 0x0A { position += 1 }
                output.append(0x0A)
                continue
            default: break
            }
            output.append(byte)
        }
        throw .unexpected(at: position)
    }

    private mutating func takeEscape() -> UInt8? {
        guard let byte = next else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return 0x0A
        case UInt8(ascii: "r"): return 0x0D
        case UInt8(ascii: "t"): return 0x09
        case UInt8(ascii: "b"): return 0x08
        case UInt8(ascii: "f"): return 0x0C
        case 0x0D:
            if next == 0x0A { position += 1 }
            return nil
        case 0x0A: return nil
        case 0x30...0x37:
            var value = Int(byte - 0x30)
            for _ in 0..<2 {
                guard let digit = next, (0x30...0x37).contains(digit) else { break }
                value = value * 8 + Int(digit - 0x30)
                position += 1
            }
            return UInt8(truncatingIfNeeded: value)
        default: return byte
        }
    }
}

extension PDFParser {
    /// `12 0 obj`: the head of an indirect object (7.3.10).
    mutating func takeObjectHead() -> ObjectID? {
        guard let number = takeNatural() else { return nil }
        skipWhite()
        guard let generation = takeNatural() else { return nil }
        skipWhite()
        return take("obj") ? ObjectID(number, generation) : nil
    }

    /// Behind a stream's dictionary: where its data begin (7.3.8.1); `nil` if no stream follows.
    mutating func takeStreamStart() -> Int? {
        skipWhite()
        guard take("stream") else { return nil }
        if next == 0x0D, next(1) == 0x0A {
            position += 2
        } else if next == 0x0A {
            position += 1
        } else {
            return nil
        }
        return position
    }
}
