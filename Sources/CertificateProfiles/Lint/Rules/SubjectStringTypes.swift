internal import Cryptography
internal import Groundwork

extension LintRule {
    /// PrintableString for the country; UTF8String or PrintableString for the rest.
    static let subjectStringTypes = LintRule(
        id: "subject-string-types", citation: "RFC 5280, 4.1.2.4 and A.1", severity: .error, since: "2008-05-01"
    ) { target in
        target.certificate.subject.attributes.compactMap { attribute in
            switch (attribute.type, attribute.kind) {
            case (.countryName, .printable), (.serialNumberAttribute, .printable): nil
            case (.emailAddress, .ia5), (.domainComponent, .ia5): nil
            // Written by real authorities, so a notice's worth and no more; ours never does.
            case (.countryName, .utf8) where !target.isOurs: nil
            case (.countryName, _), (.serialNumberAttribute, _): "\(attribute.type): expected PrintableString"
            case (_, .utf8): nil
            case (_, .printable): DER.isPrintable(attribute.value) ? nil : "\(attribute.type): not printable"
            default: "\(attribute.type): expected UTF8String"
            }
        }
    }
}
