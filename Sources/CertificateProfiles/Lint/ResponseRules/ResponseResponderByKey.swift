internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The responder is named by its key, whose certificate may be renewed.
    static let answerResponderByKey = LintRule.ofAnswer(
        id: "answer-responder-by-key", citation: "RFC 6960, 4.2.1 and 4.2.2.3; CP/CPS 7.3", since: "2026-11-21"
    ) { target in
        guard let expected = target.context.responderKey else { return [] }
        guard case .key(let found) = target.responder else { return ["named by its subject"] }
        return found.elementsEqual(expected) ? [] : ["another key"]
    }
}
