internal import Cryptography
internal import Groundwork

extension LintRule {
    /// If present not empty, no usage twice, never anyExtendedKeyUsage beside others.
    static let extendedKeyUsageKnown = LintRule(
        id: "extended-key-usage", citation: "RFC 5280, 4.2.1.12", severity: .error, since: "2008-05-01"
    ) { target in
        guard target.certificate.value(of: .extendedKeyUsage) != nil else { return [] }
        let usages = target.certificate.extendedKeyUsage
        guard !usages.isEmpty else { return ["empty"] }
        guard Set(usages).count == usages.count else { return ["a usage twice"] }
        return usages.contains(.anyExtendedKeyUsage) ? ["anyExtendedKeyUsage"] : []
    }
}
