internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No answer lives longer than the policy says.
    static let answerLife = LintRule.ofAnswer(
        id: "answer-life", citation: "CP/CPS 4.9.9", since: "2026-11-21"
    ) { target in
        guard let longest = target.context.longestLifeSeconds else { return [] }
        let isShort = target.singles.allSatisfy { single in
            single.nextUpdate.map { $0.seconds - single.thisUpdate.seconds <= longest } ?? true
        }
        return isShort ? [] : ["longer than \(longest) seconds"]
    }
}
