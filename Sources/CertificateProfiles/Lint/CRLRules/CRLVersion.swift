internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A list with extensions says version 2.
    static let listVersion = LintRule.ofList(
        id: "list-version", citation: "RFC 5280, 5.1.2.1", since: "2008-05-01"
    ) { target in
        target.version == 1 ? [] : ["no version 2"]
    }
}
