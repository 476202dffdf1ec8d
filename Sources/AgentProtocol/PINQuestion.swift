package import Groundwork

/// The part that somebody has who types a PIN at a terminal.
package enum PINRole: Hashable, Sendable {
    /// Whose keys and certificates lie on the security key.
    case holder
    /// An officer who orders an act: 1 the requester, 2 the approver, in the order in which their readers were named.
    case officer(Int)

    package var title: LocalisedText {
        switch self {
        case .holder: LocalisedText(zh: "持有人", en: "holder")
        case .officer(let number): LocalisedText(zh: "人员 \(number)", en: "officer \(number)")
        }
    }
}

/// Whose PIN is meant: the person's part, the terminal, and the name that stands on their key.
///
/// Part of each question and of each refusal, so that nobody types a PIN for another's key.
package struct PINOwner: Hashable, Sendable {
    package var role: PINRole
    /// The reader's name.
    package var terminal: String
    /// The common name of the certificate whose key is used, otherwise the medium number; `nil` where there is neither.
    package var key: String?

    package init(_ role: PINRole, at terminal: String, key: String? = nil) {
        self.role = role
        self.terminal = terminal
        self.key = key
    }

    package var title: LocalisedText {
        let named = key.map { ("\($0)，", "\($0), ") } ?? ("", "")
        return LocalisedText(
            zh: "\(role.title.zh)（\(named.0)读卡器 \(terminal)）", en: "\(role.title.en) (\(named.1)in \(terminal))")
    }

    /// What refusals fill their sentences with: `whose` and `whoseEn`.
    package var facts: [String: String] { ["whose": title.zh, "whoseEn": title.en] }
}

/// One question for a PIN.
package struct PINQuestion: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        /// The PIN that the key has, with the tries left where the key tells.
        case current(triesLeft: Int?)
        /// A new PIN, which a person types twice.
        case new(PINRules)
    }

    package var owner: PINOwner
    package var kind: Kind
    /// What the PIN is used for.
    package var reason: LocalisedText

    package init(_ kind: Kind, of owner: PINOwner, for reason: LocalisedText) {
        self.owner = owner
        self.kind = kind
        self.reason = reason
    }
}

/// Where a person types a PIN: pinentry, a terminal or a file descriptor. No card session is open while they type.
package protocol PINProvider: Sendable {
    /// - Throws: `agent-protocol.pin-cancelled` when the person gives up; a PIN that no key can have is
    ///   `agent-protocol.malformed-pin`, a new one that breaks a rule `agent-protocol.bad-pin`.
    func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes
}
