internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Present, critical, with at least one bit.
    static let keyUsageCritical = LintRule(
        id: "key-usage-critical", citation: "RFC 5280, 4.2.1.3; GB/T 20518, 5.2.4.2", severity: .error,
        since: "2008-05-01"
    ) { target in
        guard let found = target.certificate.value(of: .keyUsage) else { return ["missing"] }
        return (found.critical ? [] : ["not critical"])
            + (target.certificate.keyUsage?.isEmpty ?? true ? ["no bit is set"] : [])
    }
}
