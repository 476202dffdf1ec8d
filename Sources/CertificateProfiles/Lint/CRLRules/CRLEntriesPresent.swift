internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Where nothing is revoked, there is no list of entries, not an empty one.
    static let listEntriesPresent = LintRule.ofList(
        id: "list-entries-present", citation: "RFC 5280, 5.1.2.6", since: "2008-05-01"
    ) { target in
        target.hasEmptyEntries ? ["revokedCertificates is empty"] : []
    }
}
