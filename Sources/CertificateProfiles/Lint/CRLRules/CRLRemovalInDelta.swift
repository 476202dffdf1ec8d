internal import Cryptography
internal import Groundwork

extension LintRule {
    /// removeFromCRL stands in delta lists alone.
    static let listRemovalInDelta = LintRule.ofList(
        id: "list-removal-in-delta", citation: "RFC 5280, 5.3.1", since: "2008-05-01"
    ) { target in
        target.isDelta || !target.entries.contains { $0.reason == RevocationReason.removeFromCRL.rawValue }
            ? [] : ["removeFromCRL in a full list"]
    }
}
