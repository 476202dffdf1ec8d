internal import Cryptography
internal import Groundwork

extension LintRule {
    /// The status address is the only one inside: no alternative names, no policy addresses.
    static let noOtherAddress = LintRule(
        id: "no-other-address", citation: "CP/CPS 2.2", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.context.generation != nil else { return [] }
        let qualifier = OID.qualifierCPS.der
        let policies = target.certificate.value(of: .certificatePolicies)?.value ?? []
        let hasQualifier =
            policies.count >= qualifier.count
            && (0...(policies.count - qualifier.count)).contains { policies[$0...].starts(with: qualifier) }
        return (target.certificate.facts.subjectAlternativeNames.isEmpty ? [] : ["an alternative name"])
            + (hasQualifier ? ["a CPS address"] : [])
    }
}
