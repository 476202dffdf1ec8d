package import Groundwork

/// What a PIN must be, from `Policies/pin-rules.yaml`. Enforced where the PIN is typed; it never travels.
package struct PINRules: Codable, Hashable, Sendable {
    /// At least 6 (SP 800-73-4, 2.4.3).
    package var minimumLength: Int
    /// At most 8: a PIV PIN is padded to eight bytes.
    package var maximumLength: Int
    /// The longest allowed run of one digit.
    package var longestRepetition: Int
    /// The longest allowed run of digits that rise or fall by one.
    package var longestSequence: Int
    /// PINs that everybody knows: makers' defaults.
    package var forbidden: [String]

    package init(
        minimumLength: Int, maximumLength: Int, longestRepetition: Int, longestSequence: Int, forbidden: [String]
    ) {
        self.minimumLength = minimumLength
        self.maximumLength = maximumLength
        self.longestRepetition = longestRepetition
        self.longestSequence = longestSequence
        self.forbidden = forbidden
    }

    package enum Violation: String, Sendable, CaseIterable {
        case length, notDigits, repetition, sequence, forbidden

        package var title: LocalisedText {
            switch self {
            case .length: LocalisedText(zh: "长度不符", en: "length")
            case .notDigits: LocalisedText(zh: "只能使用数字", en: "digits only")
            case .repetition: LocalisedText(zh: "同一数字重复过多", en: "one digit repeated")
            case .sequence: LocalisedText(zh: "连号过长", en: "digits in sequence")
            case .forbidden: LocalisedText(zh: "为默认或常见密码", en: "a default that everybody knows")
            }
        }
    }

    /// The first rule that the PIN breaks, or `nil`. The PIN is not copied.
    package func violation(in pin: borrowing SecretBytes) -> Violation? {
        pin.withBytes { bytes -> Violation? in
            guard (minimumLength...maximumLength).contains(bytes.count) else { return .length }
            guard bytes.allSatisfy({ (0x30...0x39).contains($0) }) else { return .notDigits }
            if longestRun(in: bytes, stepping: 0) > longestRepetition { return .repetition }
            if longestRun(in: bytes, stepping: 1) > longestSequence { return .sequence }
            if longestRun(in: bytes, stepping: -1) > longestSequence { return .sequence }
            if forbidden.contains(where: { $0.utf8.elementsEqual(bytes) }) { return .forbidden }
            return nil
        }
    }

    private func longestRun(in bytes: UnsafeRawBufferPointer, stepping step: Int) -> Int {
        var longest = 1
        var current = 1
        for index in bytes.indices.dropFirst() {
            current = Int(bytes[index]) - Int(bytes[index - 1]) == step ? current + 1 : 1
            longest = max(longest, current)
        }
        return longest
    }

    /// - Throws: `agent-protocol.bad-pin`, naming the rule and never the PIN.
    package func check(_ pin: borrowing SecretBytes) throws(Refusal) {
        guard let violation = violation(in: pin) else { return }
        throw Refusal(
            AgentProtocolRefusal.badPIN, facts: ["rule": violation.title.zh, "ruleEn": violation.title.en])
    }
}

/// Where a person types a PIN: pinentry, a terminal or a file descriptor. No card session is open while they type.
package protocol PINProvider: Sendable {
    /// - Throws: `agent-protocol.pin-cancelled` when the person gives up.
    func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes
}

/// Why a PIN is asked for.
package enum PINQuestion: Hashable, Sendable {
    /// The holder's PIN, to use a key for what is said; tries left where the card tells.
    case current(reason: LocalisedText, triesLeft: Int?)
    /// A new PIN, which the provider asks for twice.
    case new(PINRules)
}
