internal import Cryptography
internal import Groundwork

extension LintRule {
    /// A country is two capital letters.
    static let countryCode = LintRule(
        id: "country-code", citation: "RFC 5280, A.1 (X520countryName); ISO 3166-1", severity: .error,
        since: "2008-05-01"
    ) { target in
        target.certificate.subject.attributes.filter { $0.type == .countryName }.compactMap {
            $0.value.utf8.count == 2 && $0.value.utf8.allSatisfy { (0x41...0x5A).contains($0) }
                ? nil : "not two capital letters"
        }
    }
}
