/// A text that has the form of a credit code, as a person or a file wrote it: 18 characters of the code's alphabet,
/// places 3 to 8 digits (GB 32100-2015). Nobody has vouched for it yet: `UnifiedSocialCreditCode` is made from it, by
/// arithmetic and rules or by two officers' override.
///
/// Needs no store and no rules, so that a command can refuse a misspelt code before it opens anything.
package struct WrittenCreditCode: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    /// - Throws: the defect of form: length, full-width, lower case, a character that no code has, a division that is
    ///   not digits.
    package init(_ text: String) throws(CodeDefect) {
        try Self.checkForm(of: text)
        self.text = text
    }

    /// The first two characters: authority and category.
    package var prefix: String { String(text.prefix(2)) }
    package var description: String { text }

    /// What is wrong with the two check characters; empty where both are right. The organization code first: where
    /// both fail, the wrong character is among places 9 to 17.
    package var arithmeticDefects: [CodeDefect] {
        let characters = Array(text.utf8)
        var defects: [CodeDefect] = []
        if let expected = CheckDigits.organizationCode(characters[8..<16]), expected != characters[16] {
            defects.append(
                .organizationCheckDigit(
                    expected: Character(Unicode.Scalar(expected)), found: Character(Unicode.Scalar(characters[16]))))
        }
        if let expected = CheckDigits.creditCode(characters[..<17]), expected != characters[17] {
            defects.append(
                .creditCheckDigit(
                    expected: Character(Unicode.Scalar(expected)), found: Character(Unicode.Scalar(characters[17]))))
        }
        return defects
    }

    private static func checkForm(of text: String) throws(CodeDefect) {
        let bytes = Array(text.utf8)
        if bytes.count == 18, bytes.allSatisfy({ CheckDigits.value(of: $0) != nil }) {
            for position in 3...8 where !isDigit(bytes[position - 1]) {
                throw .notADigit(position: position, character: Character(Unicode.Scalar(bytes[position - 1])))
            }
            return
        }
        throw defectOfForm(text, bytes: bytes.count)
    }

    private static func defectOfForm(_ text: String, bytes: Int) -> CodeDefect {
        // Nothing that is far too long is looked through: 18 characters have at most 72 bytes.
        guard bytes <= 72 else { return .wrongLength(bytes > 4096 ? bytes : text.unicodeScalars.count) }
        let scalars = Array(text.unicodeScalars)
        for (index, scalar) in scalars.enumerated() {
            let position = index + 1
            let character = Character(scalar)
            switch scalar {
            case "\u{FF10}"..."\u{FF19}", "\u{FF21}"..."\u{FF3A}", "\u{FF41}"..."\u{FF5A}", "\u{3000}":
                return .fullWidth(position: position, character: character)
            default: break
            }
        }
        guard scalars.count == 18 else { return .wrongLength(scalars.count) }
        for (index, scalar) in scalars.enumerated() {
            let position = index + 1
            let character = Character(scalar)
            if ("a"..."z").contains(scalar) { return .lowerCase(position: position, character: character) }
            guard scalar.isASCII, CheckDigits.value(of: UInt8(scalar.value)) != nil else {
                return .forbidden(position: position, character: character)
            }
        }
        return .wrongLength(scalars.count)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
