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
        try self.init(WrittenCreditCode(text), rules: rules)
    }

    /// Checks both check characters and the prefix of what was written.
    package init(_ written: WrittenCreditCode, rules: CodeRules) throws(CodeDefect) {
        if let defect = written.arithmeticDefects.first { throw defect }
        guard rules.category(prefix: written.prefix) != nil else { throw .unknownPrefix(written.prefix) }
        self.text = written.text
        self.isOverridden = false
    }

    /// A code that this authority's own store holds: it was checked or overridden when it came in, so only its form is
    /// looked at again. Never for text from outside.
    package init(trustingStored text: String, isOverridden: Bool = false) throws(CodeDefect) {
        self.text = try WrittenCreditCode(text).text
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
        let written = try WrittenCreditCode(text)
        return written.arithmeticDefects
            + (rules.category(prefix: written.prefix) == nil ? [.unknownPrefix(written.prefix)] : [])
    }
}

extension UnifiedSocialCreditCode: Hashable, Comparable, CustomStringConvertible {
    package static func == (left: Self, right: Self) -> Bool { left.text == right.text }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
    package static func < (left: Self, right: Self) -> Bool { left.text < right.text }
    package var description: String { text }
}

/// Stored forms spell a code as its 18 characters. Decoding is for this authority's own stored values: it looks at the
/// form alone.
extension UnifiedSocialCreditCode: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        do { try self.init(trustingStored: try container.decode(String.self)) } catch let defect as CodeDefect {
            throw defect.refusal
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
