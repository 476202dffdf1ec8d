internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A reason is one of the RFC's; unspecified is left out, and removeFromCRL is no reason here.
    static let answerReason = LintRule.ofAnswer(
        id: "answer-reason", citation: "RFC 6960, 4.2.1; RFC 5280, 5.3.1", since: "2013-06-01"
    ) { target in
        for case .revoked(_, let reason?) in target.singles.map(\.status) {
            guard let known = RevocationReason(rawValue: reason), known != .removeFromCRL else {
                return ["a reason that does not exist here"]
            }
            guard known != .unspecified else { return ["unspecified is written"] }
        }
        return []
    }
}
