internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Authorities say cA in a critical extension; ours say that others are none.
    static let basicConstraintsOfKind = LintRule(
        id: "basic-constraints", citation: "RFC 5280, 4.2.1.9", severity: .error, since: "2008-05-01"
    ) { target in
        let found = target.certificate.value(of: .basicConstraints)
        if target.kind.isAuthority { return found?.critical ?? false ? [] : ["not critical in an authority"] }
        if target.certificate.keyUsage?.contains(.keyCertSign) ?? false { return ["keyCertSign without cA"] }
        return !target.isOurs || found != nil ? [] : ["missing"]
    }
}
