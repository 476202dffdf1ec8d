internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Lower-case labels of letters, digits and hyphens, at least two, and no wildcard.
    static let serverNameSyntax = LintRule(
        id: "server-name-syntax", citation: "RFC 5280, 4.2.1.6; RFC 1034, 3.5; RFC 5890, 2.3.1", severity: .error,
        since: "2026-11-21"
    ) { target in
        guard target.isOurs else { return [] }
        return target.certificate.facts.subjectAlternativeNames.compactMap(\.dns).filter { !ServerName.isSound($0) }
    }
}
