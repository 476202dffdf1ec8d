internal import Cryptography
internal import Groundwork

extension LintRule {
    /// At most 30 years for authorities, 10 for services, 5 for others, or as long as the profile says.
    static let validityLength = LintRule(
        id: "validity-length", citation: "CP/CPS 6.3.2", severity: .error, since: "2026-01-01"
    ) { target in
        guard target.isOurs else { return [] }
        let days = target.certificate.notAfter.seconds(since: target.certificate.notBefore) / 86_400
        let most: Double =
            switch target.kind {
            case .root, .authority: 10_957
            default: Double(target.context.profile.map { min($0.validityDays, 3660) } ?? 1830)
            }
        return days <= most ? [] : ["\(days) days, expected at most \(most)"]
    }
}
