internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No list of ours lives longer than the policy says.
    static let listLife = LintRule.ofList(
        id: "list-life", citation: "CP/CPS 4.9.7", since: "2026-11-21"
    ) { target in
        guard target.isOurs, let longest = target.context.longestLifeSeconds, let next = target.nextUpdate else {
            return []
        }
        let life = next.seconds - target.thisUpdate.seconds
        return life <= longest ? [] : ["\(life) seconds, expected at most \(longest)"]
    }
}
