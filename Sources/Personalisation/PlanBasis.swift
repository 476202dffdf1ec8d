internal import Audit
internal import Groundwork
internal import SecurityKeys
internal import Storage

/// On whose word a plan begins: an order that is spent in the transaction that stores the plan.
package struct PlanBasis: Sendable {
    let actor: AuditActor
    private let spending: @Sendable (KeyPlan, any Transaction) throws(Refusal) -> Void

    /// Only this room makes one: out of an officer's order.
    init(
        actor: AuditActor, spending: @escaping @Sendable (KeyPlan, any Transaction) throws(Refusal) -> Void
    ) {
        self.actor = actor
        self.spending = spending
    }

    func spend(on plan: KeyPlan, in transaction: any Transaction) throws(Refusal) { try spending(plan, transaction) }
}
