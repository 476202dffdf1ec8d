internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Nothing outlives its issuer, or begins before it.
    static let validityWithinIssuer = LintRule(
        id: "validity-within-issuer", citation: "CP/CPS 6.3.2; RFC 5280, 6.1 (shell model)", severity: .error,
        since: "2026-01-01"
    ) { target in
        guard let issuer = target.context.issuer else { return [] }
        return (target.certificate.notAfter <= issuer.notAfter ? [] : ["outlives its issuer"])
            + (target.certificate.notBefore >= issuer.notBefore ? [] : ["begins before its issuer"])
    }
}
