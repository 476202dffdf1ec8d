package import AgentProtocol
package import Groundwork
package import Storage

/// The journal of plans: one open plan for each security key, stored before each of its actions.
package enum PlanJournal {
    /// Stores the plan as it is now.
    /// - Throws: `security-keys.open-plan` if another plan is open on the same key.
    package static func write(_ plan: KeyPlan, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        let other = try transaction.first(
            "SELECT plan FROM key_plan WHERE medium = $1 AND state = 'open' AND plan <> $2", plan.medium.bytes,
            plan.id.bytes)
        guard other == nil || plan.outcome != nil else { throw Refusal(SecurityKeysRefusal.openPlan) }
        try transaction.execute(
            """
            INSERT INTO key_plan (plan, medium, kind, state, step, journal, changed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7)
            ON CONFLICT (plan) DO UPDATE SET state = $4, step = $5, journal = $6, changed_at = $7
            """, plan.id.bytes, plan.medium.bytes, plan.kind.rawValue, plan.outcome?.rawValue ?? "open", plan.stepName,
            plan.encoded, now)
    }

    /// The plan that is open on a key.
    /// - Throws: `security-keys.malformed-journal`.
    package static func open(
        on medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> KeyPlan? {
        let row = try transaction.first(
            "SELECT journal FROM key_plan WHERE medium = $1 AND state = 'open'", medium.bytes)
        return try row.map(plan)
    }

    /// Whether a plan is open on a key, without reading it.
    package static func isOpen(
        on medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        try transaction.first("SELECT 1 AS one FROM key_plan WHERE medium = $1 AND state = 'open'", medium.bytes) != nil
    }

    package static func plan(
        _ id: PlanIdentifier, in transaction: any ReadTransaction
    ) throws(Refusal) -> KeyPlan? {
        try transaction.first("SELECT journal FROM key_plan WHERE plan = $1", id.bytes).map(plan)
    }

    /// A plan that waits for its key, as a list shows it.
    package struct OpenPlan: Hashable, Sendable {
        package let id: PlanIdentifier
        package let medium: MediumNumber
        package let kind: KeyPlan.Kind
        package let step: String
        package let beganAt: Instant
        package let changedAt: Instant
    }

    /// All open plans, the oldest first.
    package static func openPlans(in transaction: any ReadTransaction) throws(Refusal) -> [OpenPlan] {
        var plans: [OpenPlan] = []
        for row in try transaction.query(
            "SELECT plan, medium, kind, step, changed_at FROM key_plan WHERE state = 'open' ORDER BY plan")
        {
            guard let medium = MediumNumber(try row.blob("medium")) else {
                throw Refusal(SecurityKeysRefusal.malformedJournal, detail: "medium")
            }
            let id: PlanIdentifier = try row.identifier("plan")
            plans.append(
                OpenPlan(
                    id: id, medium: medium, kind: try row.choice("kind"), step: try row.text("step"),
                    beganAt: id.madeAt, changedAt: try row.instant("changed_at")))
        }
        return plans
    }

    private static func plan(_ row: Row) throws(Refusal) -> KeyPlan { try KeyPlan(encoded: row.text("journal")) }
}

extension PlanIdentifier {
    /// When it was made: a UUIDv7 begins with 48 bits of milliseconds (RFC 9562, 5.7).
    fileprivate var madeAt: Instant {
        Instant(milliseconds: bytes[0..<6].reduce(into: Int64(0)) { $0 = $0 << 8 | Int64($1) })
    }
}
