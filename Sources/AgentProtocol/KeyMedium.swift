package import Groundwork

/// Something that carries keys and does what a plan asks of it: a PIV card by APDUs, later an SKF device in the agent.
package protocol KeyMedium: Sendable {
    /// Does one thing and says what came of it. Asking the same thing again is harmless.
    func perform(_ action: MediumAction, lender: any SecretLender) async throws(MediumFailure) -> MediumEvent
}

/// Lends the secret that a reference names, for the time of one command.
package protocol SecretLender: Sendable {
    func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes
}

/// Holds a medium to a verified plan: what the plan does not permit never reaches the card.
package struct GuardedMedium: KeyMedium {
    private let medium: any KeyMedium
    private let order: PlanOrder

    package init(_ medium: any KeyMedium, order: PlanOrder) {
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
