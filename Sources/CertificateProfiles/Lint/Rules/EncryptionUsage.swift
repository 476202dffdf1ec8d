internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What encrypts never signs; a P-256 key agrees, and does not encipher.
    static let encryptionUsage = LintRule(
        id: "encryption-usage", citation: "GB/T 20518, 5.2.4.2.3 (双证书); RFC 8813, 3; CP/CPS 6.1.7", severity: .error,
        since: "2026-11-21"
    ) { target in
        let isEncryption = target.context.profile?.purpose == .encryption
        guard isEncryption || target.isOurs && target.kind == .encryption else { return [] }
        let mayHave: Set<KeyUsage> =
            target.certificate.publicKey.family == .p256
            ? [.keyAgreement] : [.keyEncipherment, .dataEncipherment, .keyAgreement]
        return (target.usage.isSubset(of: mayHave) && !target.usage.isEmpty ? [] : ["a bit that is no encryption's"])
            + (target.certificate.extendedKeyUsage.isEmpty ? [] : ["extended usages of a key that only decrypts"])
    }
}
