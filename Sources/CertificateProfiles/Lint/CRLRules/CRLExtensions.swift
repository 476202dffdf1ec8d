internal import Cryptography
internal import Groundwork

extension LintRule {
    /// None twice; critical are the distribution point and the delta's base alone; ours have none beyond those of this
    /// CP.
    static let listExtensions = LintRule.ofList(
        id: "list-extensions", citation: "RFC 5280, 5.2", since: "2008-05-01"
    ) { target in
        let identifiers = target.extensions.map(\.oid)
        let critical = target.extensions.filter {
            $0.critical && $0.oid != .issuingDistributionPoint && $0.oid != .deltaCRLIndicator
        }
        return (Set(identifiers).count == identifiers.count ? [] : ["one twice"])
            + critical.map { "\($0.oid) is critical" }
            + (target.isOurs ? identifiers.filter { !extensionsOfLists.contains($0) }.map { "\($0) is not ours" } : [])
    }

    private static let extensionsOfLists: Set<OID> = [
        .authorityKeyIdentifier, .crlNumber, .issuingDistributionPoint, .deltaCRLIndicator, .freshestCRL,
        .expiredCertsOnCRL,
    ]
}
