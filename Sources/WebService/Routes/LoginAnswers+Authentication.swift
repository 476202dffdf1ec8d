package import Authentication
internal import Groundwork

extension LoginAnswers {
    /// What Authentication answers. A verification without the session that asked for the challenge is refused.
    package init(isSecure: Bool, challenges: Challenges, verifications: Verifications) {
        self.init(
            isSecure: isSecure,
            challenge: { request, session in try await challenges.create(request, session: session) },
            verification: { request, session in
                guard let session else { throw Refusal(AuthenticationRefusal.otherSession) }
                return try await verifications.verify(request, session: session)
            })
    }
}
