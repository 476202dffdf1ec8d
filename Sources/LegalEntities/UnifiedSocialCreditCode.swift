/// A unified social credit code (统一社会信用代码, GB 32100-2015): the 18 characters that name a legal entity.
///
/// | places | content |
/// | --- | --- |
/// | 1 | registration authority (登记管理部门) |
/// | 2 | entity category (机构类别) |
/// | 3-8 | division of the registering office (GB/T 2260) |
/// | 9-17 | organization code (GB 11714: 8 characters and a check character) |
/// | 18 | check character, mod 31 |
///
/// A value exists only after both check characters and the prefix were verified, or because two officers overrode that
/// (``OverriddenCode``), or because this authority stored it after one of these. Equality is that of the text.
package struct UnifiedSocialCreditCode: Sendable {
    package let text: String
    /// Whether an officer's override stands behind this code instead of its arithmetic.
    package let isOverridden: Bool

    /// Checks length, characters, both check characters and the prefix, in this order.
    package init(_ text: String, rules: CodeRules) throws(CodeDefect) {
        let characters = try Self.wellFormed(text)
        if let defect = Self.arithmeticDefects(of: characters).first { throw defect }
        let prefix = String(decoding: characters[..<2], as: UTF8.self)
        guard rules.category(prefix: prefix) != nil else { throw .unknownPrefix(prefix) }
        self.text = text
        self.isOverridden = false
    }

    /// A code that this authority's own store holds: it was checked or overridden when it came in, so only its form is
    /// looked at again. Never for text from outside.
    package init(trustingStored text: String, isOverridden: Bool = false) throws(CodeDefect) {
        _ = try Self.wellFormed(text)
        self.text = text
        self.isOverridden = isOverridden
    }

    /// The first two characters: authority and category.
    package var prefix: String { String(text.prefix(2)) }
    /// The division (GB/T 2260) of the office that registered the entity; not always where the entity sits.
    package var registeringDivision: String { String(text.dropFirst(2).prefix(6)) }
    /// The nine characters of the organization code (组织机构代码).
    package var organizationCode: String { String(text.dropFirst(8).prefix(9)) }

    /// Every defect that arithmetic and prefixes find in a well-formed text; throws where it is not well formed.
    package static func defects(of text: String, rules: CodeRules) throws(CodeDefect) -> [CodeDefect] {
        let characters = try wellFormed(text)
        let prefix = String(decoding: characters[..<2], as: UTF8.self)
        return arithmeticDefects(of: characters)
            + (rules.category(prefix: prefix) == nil ? [.unknownPrefix(prefix)] : [])
    }

    /// The text's 18 bytes, all of the alphabet, places 3 to 8 digits.
    private static func wellFormed(_ text: String) throws(CodeDefect) -> [UInt8] {
        let bytes = Array(text.utf8)
        if bytes.count == 18, bytes.allSatisfy({ CheckDigits.value(of: $0) != nil }) {
            for position in 3...8 where !isDigit(bytes[position - 1]) {
                throw .notADigit(position: position, character: Character(Unicode.Scalar(bytes[position - 1])))
            }
            return bytes
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

    /// The organization code first: where both fail, the wrong character is among places 9 to 17.
    private static func arithmeticDefects(of characters: [UInt8]) -> [CodeDefect] {
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
}

extension UnifiedSocialCreditCode: Hashable, Comparable, CustomStringConvertible {
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    package var description: String { text }
}
