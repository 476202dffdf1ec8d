internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What is revoked was revoked before the answer.
    static let answerRevocationTime = LintRule.ofAnswer(
        id: "answer-revocation-time", citation: "RFC 6960, 4.2.1", since: "2013-06-01"
    ) { target in
        for case .revoked(let time, _) in target.singles.map(\.status) where time > target.producedAt {
            return ["revoked after producedAt"]
        }
        return []
    }
}
