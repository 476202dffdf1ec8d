internal import CertificateRecords
internal import Cryptography
package import Groundwork
package import Officers

/// What ends an authority's government unless somebody acts: officers' certificates that end, and posts that one person
/// holds alone.
package struct OfficerForesight: Sendable {
    /// So long before its end somebody has to hear of it, and again: two officers have to meet.
    package static let warnedDaysBefore: [Int64] = [60, 30]

    package let endings: [OfficerOrders.Shown]
    /// Posts without which nobody can be enrolled, held by one officer alone, or by nobody.
    package let alone: [OfficerRole]

    /// - Parameter all: every officer; only those count who are active with a certificate that is good at this moment.
    package init(_ all: [OfficerOrders.Shown], policy: DualControl, at now: Instant) {
        let active = all.filter { $0.officer.status == .active && $0.certificate?.isUsable(at: now) == true }
        let limit = now.adding(days: Self.warnedDaysBefore.max() ?? 0)
        endings = all.filter { $0.officer.status == .active && $0.officer.certificate.notAfter <= limit }
            .sorted { $0.officer.certificate.notAfter < $1.officer.certificate.notAfter }
        let rule = policy.rule(for: .enrolOfficer)
        alone = Set(rule.requesters + rule.approvers).sorted().filter { role in
            active.count { $0.officer.roles.contains(role) } < 2
        }
    }

    /// The first thing to mend, as `doctor` says it; `nil` while nothing is due.
    /// - Returns: `command.officer-ends` or `command.officer-alone`.
    package func alarm(at now: Instant) -> Refusal? {
        if let first = endings.first {
            let end = first.officer.certificate.notAfter
            let days = max(0, (end.milliseconds - now.milliseconds) / 86_400_000)
            return Refusal(
                RegistrationRefusal.officerEnds,
                facts: [
                    "officer": first.officer.identifier.shown, "name": first.officer.name, "end": end.shown,
                    "days": String(days),
                ])
        }
        return nil
    }

    /// What is no failure yet, and worth a sentence.
    package var aloneText: LocalisedText? {
        guard !alone.isEmpty else { return nil }
        return LocalisedText(
            zh: "只有一人担任：\(alone.map(\.label.zh).joined(separator: "、"))，请用 yzt officer enrol 增补",
            en: "one person alone is: \(alone.map(\.label.en).joined(separator: ", ")); add one with yzt officer enrol")
    }
}
