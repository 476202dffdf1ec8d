internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Each authority of ours limits the path: root 1, issuing authority 0.
    static let pathLength = LintRule(
        id: "path-length", citation: "RFC 5280, 4.2.1.9; CP/CPS 7.1", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.isOurs else { return [] }
        guard case .certificateAuthority(let length) = target.certificate.facts.basicConstraints else { return [] }
        return length == (target.kind == .root ? 1 : 0) ? [] : ["path length \(length.map(String.init) ?? "unlimited")"]
    }
}
