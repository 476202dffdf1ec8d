package import AgentProtocol
internal import Foundation
package import Groundwork
package import Storage

/// The journal of plans: one open plan for each security key, stored before each of its actions.
package enum PlanJournal {
    /// Stores the plan as it is now.
    /// - Throws: `security-keys.open-plan` if another plan is open on the same key.
    package static func write(_ plan: KeyPlan, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        let journal: String
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys]
            journal = String(decoding: try encoder.encode(plan), as: UTF8.self)
        } catch { throw Refusal(SecurityKeysRefusal.malformedJournal, detail: "\(error)") }
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
            journal, now)
    }

    /// The plan that is open on a key.
    package static func open(
        on medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> KeyPlan? {
        let row = try transaction.first(
            "SELECT journal FROM key_plan WHERE medium = $1 AND state = 'open'", medium.bytes)
        return try row.map(plan)
    }

    package static func plan(
        _ id: PlanIdentifier, in transaction: any ReadTransaction
    ) throws(Refusal) -> KeyPlan? {
        try transaction.first("SELECT journal FROM key_plan WHERE plan = $1", id.bytes).map(plan)
    }

    private static func plan(_ row: Row) throws(Refusal) -> KeyPlan {
        let text = try row.text("journal")
        do { return try JSONDecoder().decode(KeyPlan.self, from: Data(text.utf8)) } catch {
            throw Refusal(SecurityKeysRefusal.malformedJournal, detail: "\(error)")
        }
    }
}
