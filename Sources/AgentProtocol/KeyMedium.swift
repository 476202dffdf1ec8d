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
