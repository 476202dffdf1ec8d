internal import Groundwork

/// One rule about certificates, lists or answers, with the clause it comes from. Each has a file of its own under
/// `Rules`, `ListRules` or `AnswerRules`.
package struct LintRule: Sendable {
    /// Kebab case; never renamed, for the CP/CPS and audits name it.
    package let id: String
    package let citation: String
    package let severity: Severity
    /// `yyyy-mm-dd`: what began earlier is judged all the same, but the finding is a notice. A rule that becomes
    /// stricter takes a new date.
    package let since: String
    let effective: Instant
    let judge: Judge

    /// What a rule looks at: what is wrong, in a few words each; empty if the rule is kept or does not concern it.
    enum Judge: Sendable {
        case certificate(@Sendable (LintTarget) -> [String])
        case list(@Sendable (CRLTarget) -> [String])
        case answer(@Sendable (ResponseTarget) -> [String])
    }

    /// What the rule is about.
    package enum Subject: String, Sendable, Codable, CaseIterable { case certificate, list, answer }

    package var subject: Subject {
        switch judge {
        case .certificate: .certificate
        case .list: .list
        case .answer: .answer
        }
    }

    package enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
        case notice, warning, error
        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .notice: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    private init(_ id: String, _ citation: String, _ severity: Severity, _ since: String, _ judge: Judge) {
        self.id = id
        self.citation = citation
        self.severity = severity
        self.since = since
        let numbers = since.split(separator: "-").compactMap { Int($0) }
        effective =
            numbers.count == 3
            ? CivilTime(year: numbers[0], month: numbers[1], day: numbers[2], hour: 0, minute: 0, second: 0)
                .secondsSince1970.map { Instant(seconds: $0) } ?? Instant(milliseconds: 0)
            : Instant(milliseconds: 0)
        self.judge = judge
    }

    /// A rule about certificates.
    init(
        id: String, citation: String, severity: Severity, since: String,
        _ check: @escaping @Sendable (LintTarget) -> [String]
    ) {
        self.init(id, citation, severity, since, .certificate(check))
    }

    /// A rule about revocation lists.
    static func ofList(
        id: String, citation: String, severity: Severity = .error, since: String,
        _ check: @escaping @Sendable (CRLTarget) -> [String]
    ) -> LintRule {
        LintRule(id, citation, severity, since, .list(check))
    }

    /// A rule about OCSP answers.
    static func ofAnswer(
        id: String, citation: String, severity: Severity = .error, since: String,
        _ check: @escaping @Sendable (ResponseTarget) -> [String]
    ) -> LintRule {
        LintRule(id, citation, severity, since, .answer(check))
    }

    /// What the rule found: at the severity that it had when its object began, in full for what is yet to be signed.
    func findings(_ texts: [String], on occasion: Linter.Occasion, began: Instant) -> [LintFinding] {
        let isDated = occasion == .recheck && effective > began
        return texts.map {
            LintFinding(rule: id, citation: citation, severity: isDated ? .notice : severity, text: $0)
        }
    }
}

/// One thing that a rule found.
package struct LintFinding: Sendable, Hashable, Codable {
    package let rule: String
    package let citation: String
    package let severity: LintRule.Severity
    package let text: String

    package init(
        rule: String, citation: String, severity: LintRule.Severity, text: String
    ) {
        self.rule = rule
        self.citation = citation
        self.severity = severity
        self.text = text
    }
}
