internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A delta does not say where its delta is.
    static let listFreshestInFull = LintRule.ofList(
        id: "list-freshest-in-full", citation: "RFC 5280, 5.2.6", since: "2008-05-01"
    ) { target in
        guard let found = target.value(of: .freshestCRL) else { return [] }
        return (target.isDelta ? ["freshestCRL in a delta"] : []) + (found.critical ? ["critical"] : [])
    }
}
