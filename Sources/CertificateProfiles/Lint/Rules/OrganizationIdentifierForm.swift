internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Three characters of scheme, two of country, a hyphen, the identifier; the country is the subject's.
    static let organizationIdentifierForm = LintRule(
        id: "organization-identifier-form", citation: "ETSI EN 319 412-1, 5.1.4", severity: .error, since: "2016-02-01"
    ) { target in
        guard let value = target.certificate.subject.value(of: .organizationIdentifier) else { return [] }
        let bytes = Array(value.utf8)
        guard bytes.count > 6, bytes[5] == 0x2D else { return ["not scheme, country, hyphen, identifier"] }
        let scheme = String(decoding: bytes[..<3], as: UTF8.self)
        let country = String(decoding: bytes[3..<5], as: UTF8.self)
        let isLocal = bytes[2] == 0x3A
        guard isLocal || ["NTR", "VAT", "PSD", "LEI"].contains(scheme) else { return ["scheme \(scheme) is unknown"] }
        return target.certificate.subject.value(of: .countryName) == country
            ? [] : ["country \(country) is not the subject's"]
    }
}
