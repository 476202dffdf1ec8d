package import Groundwork

/// Where a security key is in its life.
package enum KeyStatus: String, Codable, CaseIterable, Sendable {
    case blank
    case stocked
    case personalising
    case active
    case pinLocked = "pin-locked"
    case suspended
    case lost
    case retired

    package var title: LocalisedText {
        switch self {
        case .blank: LocalisedText(zh: "空白", en: "blank")
        case .stocked: LocalisedText(zh: "已入库", en: "stocked")
        case .personalising: LocalisedText(zh: "制证中", en: "being personalised")
        case .active: LocalisedText(zh: "使用中", en: "active")
        case .pinLocked: LocalisedText(zh: "PIN 已锁定", en: "PIN locked")
        case .suspended: LocalisedText(zh: "已冻结", en: "suspended")
        case .lost: LocalisedText(zh: "已挂失", en: "lost")
        case .retired: LocalisedText(zh: "已停用", en: "retired")
        }
    }
}

/// What can happen to a security key; together with ``KeyStatus`` this is the whole status machine.
package enum KeyTransition: String, Codable, CaseIterable, Sendable {
    case stockIn = "stock-in"
    case beginEnrolment = "begin-enrolment"
    case rollBack = "roll-back"
    case activate
    case lockPIN = "lock-pin"
    case unlock
    case suspend
    case resume
    case lose
    case retire

    package var title: LocalisedText {
        switch self {
        case .stockIn: LocalisedText(zh: "入库", en: "stock-in")
        case .beginEnrolment: LocalisedText(zh: "开始制证", en: "begin enrolment")
        case .rollBack: LocalisedText(zh: "撤回制证", en: "roll back")
        case .activate: LocalisedText(zh: "启用", en: "activate")
        case .lockPIN: LocalisedText(zh: "PIN 锁定", en: "PIN locked")
        case .unlock: LocalisedText(zh: "解锁", en: "unlock")
        case .suspend: LocalisedText(zh: "冻结", en: "suspend")
        case .resume: LocalisedText(zh: "解冻", en: "resume")
        case .lose: LocalisedText(zh: "挂失", en: "report lost")
        case .retire: LocalisedText(zh: "停用", en: "retire")
        }
    }

    /// The table: from which statuses, to which.
    package var table: (from: Set<KeyStatus>, to: KeyStatus) {
        switch self {
        case .stockIn: ([.blank], .stocked)
        case .beginEnrolment: ([.stocked], .personalising)
        case .rollBack: ([.personalising], .stocked)
        case .activate: ([.personalising], .active)
        case .lockPIN: ([.active], .pinLocked)
        case .unlock: ([.pinLocked], .active)
        case .suspend: ([.active, .pinLocked], .suspended)
        case .resume: ([.suspended], .active)
        case .lose: ([.stocked, .personalising, .active, .pinLocked, .suspended], .lost)
        case .retire: ([.blank, .stocked, .personalising, .active, .pinLocked, .suspended, .lost], .retired)
        }
    }

    /// - Throws: `security-keys.wrong-status`.
    package func applied(to status: KeyStatus) throws(Refusal) -> KeyStatus {
        guard table.from.contains(status) else {
            throw Refusal(
                SecurityKeysRefusal.wrongStatus,
                facts: [
                    "transition": title.zh, "status": status.title.zh, "transitionEn": title.en,
                    "statusEn": status.title.en,
                ])
        }
        return table.to
    }
}
