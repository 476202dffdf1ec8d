package import CreditCodes
package import Groundwork

/// One line of the registry of legal entities (法人库记录): what the state's registers say, never what a clerk typed.
package struct RegistryRecord: Hashable, Sendable {
    package let code: UnifiedSocialCreditCode
    package var name: String
    /// The register's own words, such as 有限责任公司(自然人投资或控股).
    package var type: String
    /// The division (GB/T 2260) where the entity sits: six digits.
    package var division: String
    /// A personal datum: it enters an audit trail as a commitment only.
    package var legalRepresentative: String
    package var status: RegistryStatus

    package init(
        code: UnifiedSocialCreditCode, name: String, type: String, division: String, legalRepresentative: String,
        status: RegistryStatus
    ) {
        self.code = code
        self.name = name
        self.type = type
        self.division = division
        self.legalRepresentative = legalRepresentative
        self.status = status
    }
}

/// Whether the entity exists in law. Only an active one gets certificates.
package enum RegistryStatus: String, Codable, CaseIterable, Sendable {
    case active, suspended, licenceRevoked = "licence-revoked", deregistered, relocated

    package var label: LocalisedText {
        switch self {
        case .active: LocalisedText(zh: "存续", en: "active")
        case .suspended: LocalisedText(zh: "歇业", en: "business suspended")
        case .licenceRevoked: LocalisedText(zh: "吊销", en: "licence revoked")
        case .deregistered: LocalisedText(zh: "注销", en: "deregistered")
        case .relocated: LocalisedText(zh: "迁出", en: "relocated")
        }
    }

    /// The value as a feed writes it: the code word or the Chinese label.
    package init?(feed text: String) {
        guard let status = Self.allCases.first(where: { $0.rawValue == text || $0.label.zh == text }) else {
            return nil
        }
        self = status
    }

    /// Entities that may hold keys: one that suspended its business still has rights and duties; the others do not.
    package var mayHoldKeys: Bool { self == .active || self == .suspended }
}
