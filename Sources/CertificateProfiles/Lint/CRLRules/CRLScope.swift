internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A list covers every reason, by its own issuer, and not attribute certificates alone.
    static let listScope = LintRule.ofList(
        id: "list-scope", citation: "RFC 5280, 5.2.5", since: "2026-11-21"
    ) { target in
        guard let found = target.value(of: .issuingDistributionPoint),
            let members = try? DERElement(parsing: found.value, limit: 65_536).list(limit: 8)
        else { return [] }
        // [3] onlySomeReasons, [4] indirectCRL, [5] onlyContainsAttributeCerts.
        return members.contains { [0x83, 0x84, 0x85].contains($0.identifier) } ? ["some reasons, or other issuers"] : []
    }
}
