internal import Cryptography
internal import Groundwork

extension LintRule {
    /// thisUpdate is not after producedAt, which is before nextUpdate; and there is a nextUpdate.
    static let answerTimes = LintRule.ofAnswer(
        id: "answer-times", citation: "RFC 6960, 2.4 and 4.2.2.1", since: "2013-06-01"
    ) { target in
        for single in target.singles {
            guard single.thisUpdate <= target.producedAt else { return ["thisUpdate is after producedAt"] }
            guard let next = single.nextUpdate else { return ["no nextUpdate"] }
            guard target.producedAt < next else { return ["nextUpdate is not after producedAt"] }
        }
        return []
    }
}
