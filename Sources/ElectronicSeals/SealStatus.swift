package import Groundwork

/// Where a seal stands in its own life. Whether it can be used now is another question: see ``SealUsability``.
package enum SealStatus: String, CaseIterable, Sendable, Codable {
    case made, active, suspended, closed

    package var label: LocalisedText {
        switch self {
        case .made: LocalisedText(zh: "已制作", en: "made")
        case .active: LocalisedText(zh: "已启用", en: "active")
        case .suspended: LocalisedText(zh: "已停用", en: "suspended")
        case .closed: LocalisedText(zh: "已注销", en: "closed")
        }
    }
}

/// What moves a seal from one status to another.
package enum SealTransition: String, CaseIterable, Sendable, Codable {
    case activate, suspend, resume, close

    package var label: LocalisedText {
        switch self {
        case .activate: LocalisedText(zh: "启用", en: "activate")
        case .suspend: LocalisedText(zh: "停用", en: "suspend")
        case .resume: LocalisedText(zh: "恢复", en: "resume")
        case .close: LocalisedText(zh: "注销", en: "close")
        }
    }

    /// The whole table: every pair that is not here is refused. Nothing leads out of `closed`.
    package static let table: [SealStatus: [SealTransition: SealStatus]] = [
        .made: [.activate: .active, .close: .closed],
        .active: [.suspend: .suspended, .close: .closed],
        .suspended: [.resume: .active, .close: .closed],
        .closed: [:],
    ]
}

extension SealStatus {
    package func after(_ transition: SealTransition) throws(Refusal) -> SealStatus {
        guard let next = SealTransition.table[self]?[transition] else {
            throw Refusal(
                ElectronicSealsRefusal.transitionNotAllowed,
                facts: ["status": label.zh, "act": transition.label.zh])
        }
        return next
    }
}
