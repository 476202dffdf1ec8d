internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The responder's certificate is valid when it answers, and as long as the answer lives.
    static let answerResponderValid = LintRule.ofAnswer(
        id: "answer-responder-valid", citation: "RFC 6960, 4.2.2.2; CP/CPS 7.3", since: "2026-11-21"
    ) { target in
        guard let responder = target.context.responder else { return [] }
        return (responder.isValid(at: target.producedAt) ? [] : ["not valid when the answer was made"])
            + (target.singles.allSatisfy { single in single.nextUpdate.map { $0 <= responder.notAfter } ?? true }
                ? [] : ["the answer outlives it"])
    }
}
