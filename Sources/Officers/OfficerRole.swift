package import Groundwork

/// What an officer may be (GB/T 25056, GM/T 0006). One officer may hold several, as far as the policy allows.
package enum OfficerRole: String, CaseIterable, Codable, Sendable, Comparable {
    case superAdministrator, auditAdministrator, businessAdministrator, `operator`, reviewer, auditor

    package var label: LocalisedText {
        switch self {
        case .superAdministrator: LocalisedText(zh: "超级管理员", en: "super administrator")
        case .auditAdministrator: LocalisedText(zh: "审计管理员", en: "audit administrator")
        case .businessAdministrator: LocalisedText(zh: "业务管理员", en: "business administrator")
        case .operator: LocalisedText(zh: "业务操作员", en: "operator")
        case .reviewer: LocalisedText(zh: "审核员", en: "reviewer")
        case .auditor: LocalisedText(zh: "审计员", en: "auditor")
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// Whether an officer's orders count.
package enum OfficerStatus: String, CaseIterable, Codable, Sendable {
    case active, suspended
    /// Left for good.
    case retired

    package var label: LocalisedText {
        switch self {
        case .active: LocalisedText(zh: "在岗", en: "active")
        case .suspended: LocalisedText(zh: "停用", en: "suspended")
        case .retired: LocalisedText(zh: "离任", en: "retired")
        }
    }
}
