internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A time stamp authority has exactly timeStamping, in a critical extension.
    static let timeStampingAlone = LintRule(
        id: "time-stamping-alone", citation: "RFC 3161, 2.3", severity: .error, since: "2001-08-01"
    ) { target in
        guard target.kind == .timeStamping else { return [] }
        return (target.certificate.extendedKeyUsage.count == 1 ? [] : ["other usages beside timeStamping"])
            + (target.certificate.value(of: .extendedKeyUsage)?.critical ?? false ? [] : ["not critical"])
            + (target.certificate.keyUsage?.isSubset(of: [.digitalSignature, .nonRepudiation]) ?? true
                ? [] : ["keyUsage beyond signing"])
    }
}
