internal import CertificateRecords
internal import Cryptography
package import Groundwork
package import Officers

/// What ends an authority's government unless somebody acts: officers' certificates that end, posts that one person
/// holds alone, and, in the end, that nobody is left who may enrol others.
package struct OfficerForesight: Sendable {
    /// So many days before its end somebody hears of it: at the first stage it is noted, at the others `doctor` fails.
    package static let warnedDaysBefore: [Int64] = [90, 30, 7]
    private static let failsFromDays: Int64 = 30

    /// A certificate of somebody in office that ends soon.
    package struct Ending: Sendable, Hashable {
        package let officer: Officer
        /// Whole days that are left; 0 once it has ended.
        package let days: Int64
        /// The least of the stages that is reached.
        package let stage: Int64

        fileprivate var facts: [String: String] {
            [
                "officer": officer.identifier.shown, "name": officer.name, "end": officer.certificate.notAfter.shown,
                "days": String(days), "stage": String(stage),
            ]
        }
    }

    /// Soonest first.
    package let endings: [Ending]
    /// Posts without which nobody can be enrolled, held by one officer alone, or by nobody.
    package let alone: [OfficerRole]
    /// Whether two officers are left of whom one may enrol others with the other's approval.
    package let somebodyIsLeft: Bool

    package init(_ all: [OfficerOrders.Shown], policy: DualControl, at now: Instant) {
        self.init(all.map { ($0.officer, $0.certificate?.isUsable(at: now) == true) }, policy: policy, at: now)
    }

    /// - Parameter all: every officer, and whether the certificate is good at this moment: only those count who are in
    ///   office with a good one.
    package init(_ all: [(officer: Officer, isGood: Bool)], policy: DualControl, at now: Instant) {
        let inOffice = all.filter { $0.officer.status == .active }
        let active = inOffice.filter(\.isGood).map(\.officer)
        endings = inOffice.compactMap { one in
            let left = one.officer.certificate.notAfter.milliseconds - now.milliseconds
            guard let stage = Self.warnedDaysBefore.filter({ left <= $0 * 86_400_000 }).min() else { return nil }
            return Ending(officer: one.officer, days: max(0, left / 86_400_000), stage: stage)
        }.sorted { $0.officer.certificate.notAfter < $1.officer.certificate.notAfter }
        let rule = policy.rule(for: .enrolOfficer)
        alone = Set(rule.requesters + rule.approvers).sorted().filter { role in
            active.count { $0.roles.contains(role) } < 2
        }
        somebodyIsLeft = active.contains { requester in
            !requester.roles.isDisjoint(with: rule.requesters)
                && active.contains {
                    $0.identifier != requester.identifier && !$0.roles.isDisjoint(with: rule.approvers)
                }
        }
    }

    /// The first thing to mend, as `doctor` says it; `nil` while nothing is due.
    /// - Parameter hasOfficers: before the first officers are enrolled nobody is missed.
    /// - Returns: `command.nobody-left` or `command.officer-ends`.
    package func alarm(hasOfficers: Bool = true) -> Refusal? {
        if hasOfficers, !somebodyIsLeft { return Refusal(RegistrationRefusal.nobodyLeft) }
        return endings.first { $0.stage <= Self.failsFromDays }.map {
            Refusal(RegistrationRefusal.officerEnds, facts: $0.facts)
        }
    }

    /// What is no failure yet, and worth a sentence each.
    package var notices: [LocalisedText] {
        var notices = endings.filter { $0.stage > Self.failsFromDays }.map {
            Refusal(RegistrationRefusal.officerEnds, facts: $0.facts).message
        }
        if !alone.isEmpty {
            notices.append(
                LocalisedText(
                    zh: "只有一人担任：\(alone.map(\.label.zh).joined(separator: "、"))，请用 yzt officer enrol 增补",
                    en:
                        "one person alone is: \(alone.map(\.label.en).joined(separator: ", ")); add one with yzt officer enrol"
                ))
        }
        return notices
    }
}
