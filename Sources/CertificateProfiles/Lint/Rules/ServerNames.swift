internal import Cryptography
internal import Groundwork

extension LintRule {
    /// What may serve TLS names its servers, in an extension that is not critical; nothing else does.
    static let serverNames = LintRule(
        id: "server-names", citation: "RFC 5280, 4.2.1.6; RFC 6125, 6.4.4; CP/CPS 7.1.2", severity: .error,
        since: "2026-11-21"
    ) { target in
        guard target.isOurs else { return [] }
        let mayServe = target.certificate.extendedKeyUsage.contains(.serverAuth)
        let found = target.certificate.value(of: .subjectAlternativeName)
        guard let found else { return mayServe ? ["no name of a server"] : [] }
        guard mayServe else { return ["names of servers without serverAuth"] }
        let names = target.certificate.facts.subjectAlternativeNames
        return (found.critical ? ["critical beside a subject"] : [])
            + (names.isEmpty || names.contains { $0.dns == nil } ? ["a name that is no dNSName"] : [])
            + (Set(names).count == names.count ? [] : ["a name twice"])
    }
}
