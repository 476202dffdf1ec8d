internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Present, not critical, the issuer's key identifier alone.
    static let listAuthorityKeyIdentifier = LintRule.ofList(
        id: "list-authority-key-identifier", citation: "RFC 5280, 5.2.1", since: "2008-05-01"
    ) { target in
        guard let found = target.value(of: .authorityKeyIdentifier) else { return ["missing"] }
        guard !found.critical else { return ["critical"] }
        guard let issuer = target.context.issuer else { return [] }
        return found.value == CertificateExtension.authorityKeyIdentifier(issuer.keyIdentifier).value
            ? [] : ["not the issuer's key identifier alone"]
    }
}
