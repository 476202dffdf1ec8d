package import Groundwork

/// What the first two characters of a code say about an entity: who registered it, and as what.
package struct EntityCategory: Hashable, Sendable {
    /// `91`, `12`, …
    package let prefix: String
    /// The registration authority (登记管理部门), such as 市场监管.
    package let authority: LocalisedText
    /// The category (机构类别), such as 企业.
    package let name: LocalisedText
    package let kind: EntityKind
    /// The register whose scheme names the entity in organizationIdentifier, where there is one.
    package let identifierScheme: IdentifierScheme?
}

/// The kinds of holder that get products of their own (企业, 事业单位, 社会团体, 机关).
package enum EntityKind: String, Codable, CaseIterable, Sendable {
    case enterprise, institution, socialOrganization, government, other

    package var label: LocalisedText {
        switch self {
        case .enterprise: LocalisedText(zh: "企业", en: "enterprise")
        case .institution: LocalisedText(zh: "事业单位", en: "public institution")
        case .socialOrganization: LocalisedText(zh: "社会组织", en: "social organization")
        case .government: LocalisedText(zh: "机关", en: "government body")
        case .other: LocalisedText(zh: "其他", en: "other")
        }
    }
}

/// A type of organizationIdentifier (ETSI EN 319 412-1, 5.1.4): the national trade register.
package enum IdentifierScheme: String, Codable, CaseIterable, Sendable {
    case nationalTradeRegister = "NTR"
}
