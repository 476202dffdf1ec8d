internal import Cryptography
internal import Groundwork

extension LintRule {
    /// An authority signs certificates and lists, and nothing else; others sign neither.
    static let keyUsageOfAuthority = LintRule(
        id: "key-usage-of-authority", citation: "RFC 5280, 4.2.1.3 and 4.2.1.9", severity: .error, since: "2008-05-01"
    ) { target in
        guard let usage = target.certificate.keyUsage else { return [] }
        if target.kind.isAuthority {
            guard usage.isSuperset(of: [.keyCertSign, .cRLSign]) else { return ["keyCertSign and cRLSign are missing"] }
            return !target.isOurs || usage.count == 2 ? [] : ["more than keyCertSign and cRLSign"]
        }
        return usage.isDisjoint(with: [.keyCertSign, .cRLSign]) ? [] : ["keyCertSign or cRLSign without cA"]
    }
}
