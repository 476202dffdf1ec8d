package import Groundwork

/// The facts of `Policies/uscc.yaml`: which prefixes exist, and what the divisions of this authority's area are called.
package struct CodeRules: Sendable {
    package let categories: [EntityCategory]
    package let divisions: [Division]
    private let byPrefix: [String: EntityCategory]
    private let byDivision: [String: Division]

    /// A division of GB/T 2260 with the names that a certificate's subject uses (ST and L).
    package struct Division: Hashable, Sendable, Codable {
        package let code: String
        package let province: LocalisedText
        package let name: LocalisedText
    }

    /// - Throws: `legal-entities.rules` where a prefix or division is malformed or listed twice, and the refusals of
    ///   `StrictYAML`.
    package init(yaml text: String, file: String = "Policies/uscc.yaml") throws(Refusal) {
        let read = try StrictYAML.decode(File.self, from: text, file: file)
        func refused(_ detail: String) -> Refusal {
            Refusal(CreditCodesRefusal.rules, detail: detail, facts: ["file": file])
        }
        guard read.version == 1 else { throw refused("version \(read.version) is not 1") }
        var categories: [EntityCategory] = []
        var byPrefix: [String: EntityCategory] = [:]
        for authority in read.authorities {
            for category in authority.categories {
                let prefix = authority.code + category.code
                guard prefix.utf8.count == 2, prefix.utf8.allSatisfy({ CheckDigits.value(of: $0) != nil }) else {
                    throw refused("'\(prefix)' is no prefix of two characters of the alphabet")
                }
                let value = EntityCategory(
                    prefix: prefix, authority: authority.name, name: category.name, kind: category.kind,
                    identifierScheme: authority.identifierScheme)
                guard byPrefix.updateValue(value, forKey: prefix) == nil else {
                    throw refused("prefix \(prefix) is listed twice")
                }
                categories.append(value)
            }
        }
        guard !categories.isEmpty else { throw refused("no prefix is listed") }
        var byDivision: [String: Division] = [:]
        for division in read.divisions {
            guard division.code.utf8.count == 6, division.code.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
                throw refused("division '\(division.code)' is not six digits")
            }
            guard byDivision.updateValue(division, forKey: division.code) == nil else {
                throw refused("division \(division.code) is listed twice")
            }
        }
        self.categories = categories
        self.divisions = read.divisions
        self.byPrefix = byPrefix
        self.byDivision = byDivision
    }

    package func category(prefix: String) -> EntityCategory? { byPrefix[prefix] }

    /// `nil` only for an overridden code whose prefix is not listed.
    package func category(of code: UnifiedSocialCreditCode) -> EntityCategory? { byPrefix[code.prefix] }

    package func division(_ code: String) -> Division? { byDivision[code] }

    /// `NTRCN-<USCC>` where the code's authority is the trade register (ETSI EN 319 412-1, 5.1.4); otherwise `nil`.
    package func organizationIdentifier(for code: UnifiedSocialCreditCode) -> String? {
        category(of: code)?.identifierScheme.map { "\($0.rawValue)CN-\(code.text)" }
    }
}

/// The file's own shape.
private struct File: Codable {
    struct Authority: Codable {
        var code: String
        var name: LocalisedText
        var identifierScheme: IdentifierScheme?
        var categories: [Category]
    }
    struct Category: Codable {
        var code: String
        var name: LocalisedText
        var kind: EntityKind
    }
    var version: Int
    var authorities: [Authority]
    var divisions: [CodeRules.Division]
}
