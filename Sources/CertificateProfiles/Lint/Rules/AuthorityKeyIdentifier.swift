internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Present, not critical, and the issuer's identifier. A self-signed certificate may leave it out.
    static let authorityKeyIdentifierPresent = LintRule(
        id: "authority-key-identifier", citation: "RFC 5280, 4.2.1.1", severity: .error, since: "2008-05-01"
    ) { target in
        guard let found = target.certificate.value(of: .authorityKeyIdentifier) else {
            return target.kind == .root ? [] : ["missing"]
        }
        guard let issuer = target.context.issuer else { return found.critical ? ["critical"] : [] }
        return (found.critical ? ["critical"] : [])
            + (target.certificate.facts.authorityKeyIdentifier == issuer.keyIdentifier ? [] : ["not the issuer's"])
    }
}
