internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Nothing on a list was revoked after it was made.
    static let listEntryTimes = LintRule.ofList(
        id: "list-entry-times", citation: "RFC 5280, 5.1.2.4 and 5.1.2.6", since: "2008-05-01"
    ) { target in
        target.entries.allSatisfy { $0.revokedAt <= target.thisUpdate } ? [] : ["revoked after thisUpdate"]
    }
}
