internal import Cryptography
internal import Groundwork

extension LintRule {
    /// Subject and alternative names have nothing invisible, turning, unassigned, of private use, and no emoji.
    static let nameCharacters = LintRule(
        id: "name-characters", citation: "CP/CPS 3.1; Unicode UAX #9, UAX #44; RFC 4518, 2", severity: .error,
        since: "2026-12-01"
    ) { target in
        let subject = target.certificate.subject.attributes.compactMap { attribute -> String? in
            guard attribute.kind != .other, let defect = NameText.defect(of: attribute.value),
                defect != .surroundingSpace
            else { return nil }
            return "\(attribute.type): \(defect.text.en)"
        }
        return subject
            + target.certificate.facts.subjectAlternativeNames.compactMap { name in
                guard case .directory(let other) = name else { return nil }
                return other.attributes.lazy.compactMap { NameText.defect(of: $0.value) }.first.map {
                    "subjectAltName: \($0.text.en)"
                }
            }
    }
}
