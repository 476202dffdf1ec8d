package import Groundwork

/// What the browser brought back: nothing in it is believed before it is checked.
package struct LoginAnswer: Sendable {
    package var challenge: ChallengeIdentifier
    package var client: ClientIdentifier
    /// As the browser told the agent, not as the page says.
    package var origin: WebOrigin
    package var statement: [UInt8]
    package var signature: [UInt8]
    /// DER.
    package var certificate: [UInt8]

    package init(
        challenge: ChallengeIdentifier, client: ClientIdentifier, origin: WebOrigin, statement: [UInt8],
        signature: [UInt8], certificate: [UInt8]
    ) {
        self.challenge = challenge
        self.client = client
        self.origin = origin
        self.statement = statement
        self.signature = signature
        self.certificate = certificate
    }

    package init(_ request: VerificationRequest) throws(Refusal) {
        guard let challenge = ChallengeIdentifier(shown: request.challenge) else {
            throw Refusal(AuthenticationRefusal.malformedRequest, facts: ["what": "challenge"])
        }
        self.init(
            challenge: challenge, client: try ClientIdentifier(request.client), origin: try WebOrigin(request.origin),
            statement: request.statement.bytes, signature: request.signature.bytes,
            certificate: request.certificate.bytes)
    }

    /// The first check of all: how large each part is.
    func check(_ limits: LoginPolicy.Limits) throws(Refusal) {
        let parts = [
            ("statement", statement.count, limits.statementBytes),
            ("signature", signature.count, limits.signatureBytes),
            ("certificate", certificate.count, limits.certificateBytes),
        ]
        for (what, size, limit) in parts {
            guard size > 0 else { throw Refusal(AuthenticationRefusal.malformedRequest, facts: ["what": what]) }
            guard size <= limit else { throw Refusal(AuthenticationRefusal.tooLarge, facts: ["what": what]) }
        }
    }
}
