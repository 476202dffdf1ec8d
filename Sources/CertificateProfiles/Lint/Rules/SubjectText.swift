internal import Cryptography
internal import Groundwork

extension LintRule {
    /// No control characters, and no white space at either end.
    static let subjectText = LintRule(
        id: "subject-text", citation: "CP/CPS 3.1; RFC 4518, 2.6", severity: .error, since: "2026-01-01"
    ) { target in
        target.certificate.subject.attributes.compactMap { attribute in
            let scalars = attribute.value.unicodeScalars
            guard scalars.allSatisfy({ $0.value >= 0x20 && !(0x7F...0x9F).contains($0.value) && $0.value != 0xFFFD })
            else {
                return "\(attribute.type): a control character"
            }
            let ends = [scalars.first, scalars.last].compactMap { $0 }
            return ends.contains { $0.properties.isWhitespace } ? "\(attribute.type): white space at an end" : nil
        }
    }
}
