package import Authentication
package import Groundwork

extension LoginAnswers {
    /// What Authentication answers. A verification without the session that asked for the challenge is refused.
    ///
    /// - Parameter surroundings: whose clock counts for the policy's rates.
    package init(
        isSecure: Bool, challenges: Challenges, verifications: Verifications, surroundings: Surroundings = .real
    ) {
        let limits = LoginLimits(monotonicNanoseconds: surroundings.monotonicNanoseconds) { challenges.rates }
        self.init(
            isSecure: isSecure, limits: limits,
            challenge: { request, session in
                try await challenges.create(request, session: session) { try limits.admit($0) }
            },
            verification: { request, session in
                guard let session else { throw Refusal(AuthenticationRefusal.otherSession) }
                return try await verifications.verify(request, session: session)
            })
    }
}
