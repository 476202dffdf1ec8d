internal import Audit
internal import Groundwork
internal import Officers
internal import SecurityKeys
internal import Storage

/// On whose word a plan goes on, as the store knows it.
struct OrderInForce: Sendable {
    let actor: AuditActor
    /// `nil` for the bootstrap, and for plans of a program that noted no order.
    let spent: SpentOrder?

    /// - Throws: `personalisation.order-missing` where the plan names an order that was never spent.
    static func read(_ plan: KeyPlan, in transaction: any ReadTransaction) throws(Refusal) -> OrderInForce {
        guard case .officers(let nonce) = plan.order else { return OrderInForce(actor: .system, spent: nil) }
        guard let spent = try OfficerRegister.spentOrder(nonce: nonce, in: transaction) else {
            throw Refusal(PersonalisationRefusal.orderMissing, detail: plan.id.shown)
        }
        return OrderInForce(actor: spent.actor, spent: spent)
    }
}
