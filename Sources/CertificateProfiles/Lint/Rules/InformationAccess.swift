internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Responder and issuer, by plain http under the status address; not critical.
    static let informationAccess = LintRule(
        id: "information-access", citation: "RFC 5280, 4.2.2.1; CP/CPS 4.10", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.isOurs, target.kind != .root else { return [] }
        guard let found = target.certificate.value(of: .authorityInformationAccess) else {
            return target.kind == .ocspResponder ? [] : ["missing"]
        }
        guard !found.critical else { return ["critical"] }
        guard let responder = target.context.responderAddress, let issuer = target.context.issuerAddress else {
            return []
        }
        let facts = target.certificate.facts
        // A root has no responder: its one subject is on the root's list.
        let responders = target.kind == .authority ? [] : [responder]
        return (facts.ocspAddresses == responders ? [] : ["responder is not \(responders)"])
            + (facts.issuerAddresses == [issuer] ? [] : ["issuer is not \(issuer)"])
    }
}
