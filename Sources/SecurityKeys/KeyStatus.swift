package import Groundwork

/// Where a security key is in its life. `Documentation/key-states.md` names the command that leads out of each.
package enum KeyStatus: String, CaseIterable, Sendable {
    case blank
    case stocked
    case personalising
    case active
    case pinLocked = "pin-locked"
    case lost
    case retired

    package var title: LocalisedText {
        switch self {
        case .blank: LocalisedText(zh: "空白", en: "blank")
        case .stocked: LocalisedText(zh: "已入库", en: "stocked")
        case .personalising: LocalisedText(zh: "制证中", en: "being personalised")
        case .active: LocalisedText(zh: "使用中", en: "active")
        case .pinLocked: LocalisedText(zh: "PIN 已锁定", en: "PIN locked")
        case .lost: LocalisedText(zh: "已挂失", en: "lost")
        case .retired: LocalisedText(zh: "已注销", en: "retired")
        }
    }
}

/// What can happen to a security key; together with ``KeyStatus`` this is the whole status machine.
package enum KeyTransition: String, CaseIterable, Sendable {
    case stockIn = "stock-in"
    case beginEnrolment = "begin-enrolment"
    case rollBack = "roll-back"
    case activate
    case lockPIN = "lock-pin"
    case unlock
    case lose
    case find
    /// A reissue onto a key that had a holder: its certificates were revoked, new ones are made.
    case reassign
    /// A plan was given up after the key's certificates had ended: the key is as from stock.
    case giveUp = "give-up"
    case retire

    package var title: LocalisedText {
        switch self {
        case .stockIn: LocalisedText(zh: "入库", en: "be taken into stock")
        case .beginEnrolment: LocalisedText(zh: "开始制证", en: "be enrolled")
        case .rollBack: LocalisedText(zh: "撤回制证", en: "be rolled back")
        case .activate: LocalisedText(zh: "启用", en: "be activated")
        case .lockPIN: LocalisedText(zh: "PIN 锁定", en: "have its PIN locked")
        case .unlock: LocalisedText(zh: "解锁", en: "be unlocked")
        case .lose: LocalisedText(zh: "挂失", en: "be reported lost")
        case .find: LocalisedText(zh: "撤销挂失", en: "be reported found")
        case .reassign: LocalisedText(zh: "重新制证", en: "be reissued")
        case .giveUp: LocalisedText(zh: "放弃办理", en: "be given up")
        case .retire: LocalisedText(zh: "注销", en: "be retired")
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
        case .lose: ([.active, .pinLocked], .lost)
        case .find: ([.lost], .active)
        case .reassign: ([.active, .pinLocked, .lost], .personalising)
        case .giveUp: ([.personalising, .active, .pinLocked], .stocked)
        case .retire: ([.blank, .stocked, .personalising, .active, .pinLocked, .lost], .retired)
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
