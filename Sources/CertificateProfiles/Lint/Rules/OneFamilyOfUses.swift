internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No key both signs and encrypts.
    static let oneFamilyOfUses = LintRule(
        id: "one-family-of-uses", citation: "GB/T 20518, 5.2.4.2 (双证书); CP/CPS 6.1.7", severity: .error,
        since: "2026-01-01"
    ) { target in
        guard target.isOurs, let usage = target.certificate.keyUsage else { return [] }
        let signs = !usage.isDisjoint(with: [.digitalSignature, .nonRepudiation])
        let encrypts = !usage.isDisjoint(with: [.keyEncipherment, .dataEncipherment, .keyAgreement])
        return signs && encrypts ? ["one key signs and encrypts"] : []
    }
}
