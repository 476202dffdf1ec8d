internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A complete list of an issuing authority says where its own deltas are: the address that its certificates name
    /// too.
    static let listFreshestOfScope = LintRule.ofList(
        id: "list-freshest-of-scope", citation: "RFC 5280, 5.2.6; CP/CPS 4.9.7", since: "2026-11-21"
    ) { target in
        guard let address = target.context.deltaAddress, !target.isDelta else { return [] }
        guard let found = target.value(of: .freshestCRL) else { return ["missing"] }
        return found.value == CertificateExtension.freshestList(address).value
            ? [] : ["not \(address), or not it alone"]
    }
}
