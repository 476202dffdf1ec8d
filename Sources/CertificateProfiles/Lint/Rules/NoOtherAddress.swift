internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The status address is the only one inside: no policy addresses, and alternative names only of servers.
    static let noOtherAddress = LintRule(
        id: "no-other-address", citation: "CP/CPS 2.2", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.isOurs else { return [] }
        let facts = target.certificate.facts
        // Without qualifiers the extension is its identifiers and nothing else.
        let plain = CertificateExtension.certificatePolicies(facts.certificatePolicies).value
        let hasQualifier = target.certificate.value(of: .certificatePolicies).map { $0.value != plain } ?? false
        let mayHaveNames = target.context.profile?.namesServers ?? (target.kind == .server)
        return (facts.subjectAlternativeNames.isEmpty || mayHaveNames ? [] : ["an alternative name"])
            + (hasQualifier ? ["a CPS address"] : [])
    }
}
