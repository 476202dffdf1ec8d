internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A root has basicConstraints, keyUsage and its key's identifier; an issuing authority also its issuer's
    /// identifier, policies, list and issuer's address.
    static let extensionsOfAuthority = LintRule(
        id: "extensions-of-authority", citation: "RFC 5280, 4.2.1; CP/CPS 7.1.2", severity: .error, since: "2026-11-21"
    ) { target in
        guard target.isOurs, target.kind.isAuthority else { return [] }
        let expected = target.kind == .root ? extensionsOfRoot : extensionsOfIssuing
        let extensions = target.certificate.extensions
        return extensions.filter { !expected.contains($0.oid) }.map { "\($0.oid) is not an authority's" }
            + (extensions.count < expected.count ? ["an extension is missing"] : [])
    }

    private static let extensionsOfRoot: Set<OID> = [.basicConstraints, .keyUsage, .subjectKeyIdentifier]
    private static let extensionsOfIssuing = extensionsOfRoot.union([
        .authorityKeyIdentifier, .certificatePolicies, .crlDistributionPoints, .authorityInformationAccess,
    ])
}
