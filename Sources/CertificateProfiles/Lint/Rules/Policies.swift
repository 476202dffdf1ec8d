internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Every certificate but a root says by which policy it was issued, not critical, each once, never anyPolicy in an
    /// end entity.
    static let policiesPresent = LintRule(
        id: "policies", citation: "RFC 5280, 4.2.1.4; 电子签名法 art. 21", severity: .error, since: "2026-01-01"
    ) { target in
        guard let found = target.certificate.value(of: .certificatePolicies) else {
            return target.kind == .root || !target.isOurs ? [] : ["missing"]
        }
        let policies = target.certificate.facts.certificatePolicies
        return (found.critical && target.isOurs ? ["critical"] : [])
            + (Set(policies).count == policies.count && !policies.isEmpty ? [] : ["none, or one twice"])
            + (!target.kind.isAuthority && policies.contains(.anyPolicy) ? ["anyPolicy"] : [])
    }
}
