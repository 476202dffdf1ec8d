internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The next list is announced, for a later time.
    static let listNextUpdate = LintRule.ofList(
        id: "list-next-update", citation: "RFC 5280, 5.1.2.5", since: "2008-05-01"
    ) { target in
        guard let next = target.nextUpdate else { return ["no nextUpdate"] }
        return target.thisUpdate < next ? [] : ["nextUpdate is not after thisUpdate"]
    }
}
