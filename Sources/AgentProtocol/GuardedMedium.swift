package import Cryptography
package import Groundwork

/// Holds a medium to a verified plan: what the plan does not permit never reaches the card.
package struct GuardedMedium: KeyMedium {
    private let medium: any KeyMedium
    private let order: PlanOrder

    /// - Parameters:
    ///   - serviceKey: the pinned key of the service. On an authority terminal it is the program's own: the same
    ///     program signs and verifies, so that an agent finds the plan as it is.
    ///   - origin: the page's Origin that started it; empty on an authority terminal.
    /// - Throws: `agent-protocol.malformed-plan`, `.untrusted-service`, `.other-origin`, `.plan-expired`.
    package init(
        _ medium: any KeyMedium, plan: SignedPlan, trusting serviceKey: PublicKey, origin: String, at now: Instant
    ) throws(Refusal) {
        self.init(medium, order: try plan.verified(by: serviceKey, origin: origin, at: now))
    }

    /// Of a plan that was verified.
    init(_ medium: any KeyMedium, order: PlanOrder) {
        self.medium = medium
        self.order = order
    }

    package func perform(
        _ action: MediumAction, lender: any SecretLender
    ) async throws(MediumFailure) -> MediumEvent {
        guard order.permits(action) else {
            let refusal = Refusal(
                AgentProtocolRefusal.notPermitted, facts: ["operation": action.operation.rawValue])
            throw .declined(refusal)
        }
        let event = try await medium.perform(action, lender: lender)
        if case .identified(let facts) = event, let name = facts.medium, name != order.medium { throw .otherMedium }
        return event
    }
}
