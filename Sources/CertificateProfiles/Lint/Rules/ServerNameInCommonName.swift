internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A TLS server's common name is one of its names.
    static let serverNameInCommonName = LintRule(
        id: "server-name-in-common-name", citation: "CA/Browser Forum BR 7.1.4.3; CP/CPS 3.1.1", severity: .error,
        since: "2026-11-21"
    ) { target in
        guard target.context.profile?.purpose == .tlsServer else { return [] }
        let names = target.certificate.facts.subjectAlternativeNames.compactMap(\.dns)
        return target.certificate.subject.commonName.map(names.contains) ?? false
            ? [] : ["the common name is none of the names"]
    }
}
