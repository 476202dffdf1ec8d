internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A reason is one of the RFC's; unspecified is left out.
    static let listEntryReasons = LintRule.ofList(
        id: "list-entry-reasons", citation: "RFC 5280, 5.3.1", since: "2008-05-01"
    ) { target in
        let known = target.entries.allSatisfy { $0.reason.map { RevocationReason(rawValue: $0) != nil } ?? true }
        return (known ? [] : ["a reason that does not exist"])
            + (target.entries.contains { $0.reason == 0 } ? ["unspecified is written"] : [])
    }
}
