internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No address but plain http: an https or ldap address can need a certificate to check a certificate.
    static let plainHTTPAddresses = LintRule(
        id: "plain-http-addresses", citation: "RFC 5280, 4.2.1.13 and 8; CP/CPS 2.2", severity: .error,
        since: "2026-01-01"
    ) { target in
        let facts = target.certificate.facts
        let addresses = facts.crlAddresses + facts.deltaAddresses + facts.ocspAddresses + facts.issuerAddresses
        guard target.isOurs else { return [] }
        return addresses.filter { address in
            guard address.hasPrefix("http://") else { return true }
            return target.context.addresses.map { !address.hasPrefix($0.base + "/") } ?? false
        }
    }
}
