internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What seals and signs has nonRepudiation, and neither clientAuth nor a bit of encryption.
    static let signatureNonRepudiation = LintRule(
        id: "signature-non-repudiation", citation: "电子签名法 art. 13; CP/CPS 6.1.7", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.context.profile?.purpose.isSignature ?? false else { return [] }
        let usage = target.usage
        return (usage.contains(.nonRepudiation) ? [] : ["no nonRepudiation"])
            + (usage.isSubset(of: [.nonRepudiation, .digitalSignature]) ? [] : ["a bit that is no signature's"])
            + (target.certificate.extendedKeyUsage.contains(.clientAuth) ? ["clientAuth"] : [])
    }
}
