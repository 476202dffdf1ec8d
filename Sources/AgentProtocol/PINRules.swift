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
        case carriageReturn, blank, fullWidth, notDigits, length, repetition, sequence, forbidden
    }

    /// The lengths that a PIN has on a card (NIST SP 800-73-4, part 2, 2.4.3).
    package static let cardLengths = 6...8

    /// Why no card can have this PIN: its characters or its length. `nil` if one can. The PIN is not copied.
    package static func malformation(of pin: borrowing SecretBytes) -> Violation? {
        pin.withBytes { bytes in characters(of: bytes) ?? (cardLengths.contains(bytes.count) ? nil : .length) }
    }

    /// The first rule that a new PIN breaks, or `nil`. The PIN is not copied.
    package func violation(in pin: borrowing SecretBytes) -> Violation? {
        pin.withBytes { bytes -> Violation? in
            if let wrong = Self.characters(of: bytes) { return wrong }
            guard (minimumLength...maximumLength).contains(bytes.count) else { return .length }
            if longestRun(in: bytes, stepping: 0) > longestRepetition { return .repetition }
            if longestRun(in: bytes, stepping: 1) > longestSequence { return .sequence }
            if longestRun(in: bytes, stepping: -1) > longestSequence { return .sequence }
            if forbidden.contains(where: { $0.utf8.elementsEqual(bytes) }) { return .forbidden }
            return nil
        }
    }

    /// Digits 0 to 9 in ASCII, as cards take them; what people get wrong has names of its own.
    private static func characters(of bytes: UnsafeRawBufferPointer) -> Violation? {
        if bytes.allSatisfy({ (0x30...0x39).contains($0) }) { return nil }
        if bytes.contains(where: { $0 == 0x0D || $0 == 0x0A }) { return .carriageReturn }
        if bytes.contains(where: { $0 == 0x20 || $0 == 0x09 }) { return .blank }
        // U+FF10 to U+FF19 in UTF-8.
        for index in bytes.indices.dropLast(2)
        where bytes[index] == 0xEF && bytes[index + 1] == 0xBC && (0x90...0x99).contains(bytes[index + 2]) {
            return .fullWidth
        }
        return .notDigits
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
    package func check(_ pin: borrowing SecretBytes, of owner: PINOwner) throws(Refusal) {
        guard let violation = violation(in: pin) else { return }
        throw Refusal(AgentProtocolRefusal.badPIN, facts: owner.facts.merging(facts(of: violation)) { $1 })
    }

    /// Judges the PIN that a key has before the key is asked, so that what cannot be right costs no try.
    /// - Throws: `agent-protocol.malformed-pin`, naming what is wrong and never the PIN.
    package static func checkForm(_ pin: borrowing SecretBytes, of owner: PINOwner) throws(Refusal) {
        guard let violation = malformation(of: pin) else { return }
        let text = violation.title(lengths: cardLengths)
        throw Refusal(
            AgentProtocolRefusal.malformedPIN,
            facts: owner.facts.merging(["rule": text.zh, "ruleEn": text.en]) { $1 })
    }

    private func facts(of violation: Violation) -> [String: String] {
        let text = title(of: violation)
        return ["rule": text.zh, "ruleEn": text.en]
    }

    /// What is wrong, with this policy's numbers.
    package func title(of violation: Violation) -> LocalisedText {
        violation.title(
            lengths: minimumLength...maximumLength, repetition: longestRepetition, sequence: longestSequence)
    }

    /// The rules in one line, for the prompt.
    package var summary: LocalisedText {
        LocalisedText(
            zh: """
                \(minimumLength) 至 \(maximumLength) 位数字；同一数字连续不超过 \(longestRepetition) 个，\
                连号不超过 \(longestSequence) 位，不能是人人知道的 PIN
                """,
            en: """
                \(minimumLength) to \(maximumLength) digits; one digit at most \(longestRepetition) times in a row, \
                at most \(longestSequence) in sequence, no PIN that everybody knows
                """)
    }
}

extension PINRules.Violation {
    fileprivate func title(
        lengths: ClosedRange<Int>, repetition: Int = 0, sequence: Int = 0
    ) -> LocalisedText {
        switch self {
        case .carriageReturn:
            LocalisedText(
                zh: "含有回车符（文件的行末应为 LF，不是 CR LF）",
                en: "it ends in a carriage return (lines of the file end in LF, not CR LF)")
        case .blank: LocalisedText(zh: "含有空格", en: "there is a blank in it")
        case .fullWidth:
            LocalisedText(zh: "含有全角数字，请切换到半角", en: "it has full-width digits: switch the input method to half width")
        case .notDigits: LocalisedText(zh: "只能使用数字 0 至 9", en: "digits 0 to 9 only")
        case .length:
            LocalisedText(
                zh: "长度应为 \(lengths.lowerBound) 至 \(lengths.upperBound) 位",
                en: "it has \(lengths.lowerBound) to \(lengths.upperBound) digits")
        case .repetition:
            LocalisedText(zh: "同一数字连续超过 \(repetition) 个", en: "one digit more than \(repetition) times in a row")
        case .sequence: LocalisedText(zh: "连号超过 \(sequence) 位", en: "more than \(sequence) digits in sequence")
        case .forbidden: LocalisedText(zh: "是默认或人人知道的 PIN", en: "a default, or one that everybody knows")
        }
    }
}
