internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A list of ours says in a critical extension which address it is for: exactly the one that its certificates name.
    /// The list of everything says none.
    static let listDistributionPoint = LintRule.ofList(
        id: "list-distribution-point", citation: "RFC 5280, 5.2.5; CP/CPS 4.9.7", since: "2026-11-21"
    ) { target in
        guard target.isOurs else { return [] }
        let found = target.value(of: .issuingDistributionPoint)
        guard let address = target.context.address else {
            return found == nil ? [] : ["an address on the list of everything"]
        }
        guard let found else { return ["missing"] }
        guard found.critical else { return ["not critical"] }
        // A DistributionPoint with a full name alone and an IssuingDistributionPoint with it are the same bytes.
        let points = CertificateExtension.crlDistributionPoint(address).value
        let expected = (try? DERElement(parsing: points, limit: 4096).list(limit: 1))?.first?.encoded
        return found.value == expected ? [] : ["not \(address), or not it alone"]
    }
}
