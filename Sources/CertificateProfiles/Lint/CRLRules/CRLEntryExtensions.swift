internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Entries say reason and invalidity date, neither critical, and nothing else.
    static let listEntryExtensions = LintRule.ofList(
        id: "list-entry-extensions", citation: "RFC 5280, 5.3", since: "2026-11-21"
    ) { target in
        guard target.isOurs else { return [] }
        return target.entries.contains(where: \.hasForeignExtension) ? ["critical, or another extension"] : []
    }
}
