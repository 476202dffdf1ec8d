internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Since when statuses are kept is a GeneralizedTime in the past, not critical.
    static let answerArchiveCutoff = LintRule.ofAnswer(
        id: "answer-archive-cutoff", citation: "RFC 6960, 4.4.4; CP/CPS 4.9.9", since: "2013-06-01"
    ) { target in
        for each in target.singles.flatMap(\.extensions) where each.oid == .ocspArchiveCutoff {
            guard !each.critical else { return ["critical"] }
            guard let since = try? DERElement(parsing: each.value, limit: 32).generalizedTime() else {
                return ["no GeneralizedTime"]
            }
            guard since <= target.producedAt else { return ["later than the answer"] }
        }
        return []
    }
}
