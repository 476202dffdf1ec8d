internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Ours stand in ascending order, so that two lists can be compared line by line.
    static let listSerialsSorted = LintRule.ofList(
        id: "list-serials-sorted", citation: "CP/CPS 7.2.1", since: "2026-11-21"
    ) { target in
        target.isOurs && !target.isSorted ? ["out of order"] : []
    }
}
