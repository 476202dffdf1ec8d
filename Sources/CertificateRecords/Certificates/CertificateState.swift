package import Groundwork

/// Where a certificate is in its life. All but `expired` are stored; that one follows from the time.
package enum CertificateState: String, Sendable, Codable, CaseIterable, Hashable {
    /// Signed and stored; refused by login and sealing until its key has proved itself on the medium.
    case issued
    case active
    case suspended
    case revoked
    case expired

    package var label: LocalisedText {
        switch self {
        case .issued: LocalisedText(zh: "待激活", en: "issued, not activated")
        case .active: LocalisedText(zh: "有效", en: "active")
        case .suspended: LocalisedText(zh: "已冻结", en: "suspended")
        case .revoked: LocalisedText(zh: "已吊销", en: "revoked")
        case .expired: LocalisedText(zh: "已过期", en: "expired")
        }
    }

    /// The state after the transition; `nil` where the table has none.
    package func after(_ transition: CertificateTransition) -> CertificateState? {
        Self.table.first { $0.from == self && $0.transition == transition }?.to
    }

    /// The whole machine.
    package static let table: [(from: CertificateState, transition: CertificateTransition, to: CertificateState)] = [
        (.issued, .activate, .active),
        (.issued, .revoke, .revoked),
        (.issued, .expire, .expired),
        (.active, .suspend, .suspended),
        (.active, .revoke, .revoked),
        (.active, .expire, .expired),
        (.suspended, .resume, .active),
        (.suspended, .revoke, .revoked),
        (.suspended, .expire, .expired),
    ]
}

/// What can happen to a certificate.
package enum CertificateTransition: String, Sendable, Codable, CaseIterable, Hashable {
    case activate, suspend, resume, revoke, expire

    package var label: LocalisedText {
        switch self {
        case .activate: LocalisedText(zh: "激活", en: "be activated")
        case .suspend: LocalisedText(zh: "冻结", en: "be suspended")
        case .resume: LocalisedText(zh: "解冻", en: "be resumed")
        case .revoke: LocalisedText(zh: "吊销", en: "be revoked")
        case .expire: LocalisedText(zh: "到期", en: "expire")
        }
    }
}
