import AgentProtocol
import Cryptography
import Groundwork

/// The checks of a login that need values alone, in their fixed order. Each throws its own refusal.
enum LoginChecks {
    /// Unspent, unexpired, of this session, for this client and origin, with exactly the statement that was issued.
    static func challenge(_ challenge: StoredChallenge, answers answer: LoginAnswer, at now: Instant) throws(Refusal) {
        guard !challenge.isSpent else { throw Refusal(AuthenticationRefusal.challengeSpent) }
        guard now < challenge.expiresAt else { throw Refusal(AuthenticationRefusal.challengeExpired) }
        guard challenge.client == answer.client.text else { throw Refusal(AuthenticationRefusal.otherClient) }
        guard challenge.origin == answer.origin.text else { throw Refusal(AuthenticationRefusal.otherOrigin) }
        guard challenge.statementHash == DigestAlgorithm.sha256.hash(answer.statement) else {
            throw Refusal(AuthenticationRefusal.alteredStatement)
        }
    }

    /// The certificate parses, chains to our anchors now, and its extensions say authentication.
    static func certificate(
        _ der: [UInt8], intermediates: [Certificate], anchors: [Certificate], at now: Instant
    ) throws(Refusal) -> Certificate {
        let certificate: Certificate
        do { certificate = try Certificate(der: der) } catch {
            throw Refusal(AuthenticationRefusal.malformedCertificate, detail: error.detail)
        }
        // The period is looked at by itself: a holder whose certificate ran out must be told so, not that it is
        // foreign.
        let inside = certificate.isValid(at: now)
        let moment = inside ? now : certificate.notBefore
        let verdict = ChainValidation.validate(
            certificate, intermediates: intermediates, anchors: anchors, at: moment)
        guard verdict.isValid else {
            throw Refusal(AuthenticationRefusal.foreignCertificate, detail: "\(verdict)")
        }
        guard inside else {
            throw Refusal(
                AuthenticationRefusal.certificateExpired,
                detail: now < certificate.notBefore
                    ? "not valid before \(certificate.notBefore.rfc3339)" : "ended \(certificate.notAfter.rfc3339)")
        }
        try purpose(of: certificate)
        return certificate
    }

    /// EKU clientAuth, keyUsage digitalSignature and never nonRepudiation: the signature key's certificate fails here
    /// whatever any record says.
    static func purpose(of certificate: Certificate) throws(Refusal) {
        let usage = certificate.facts.keyUsage ?? []
        func refused(_ purpose: String) -> Refusal {
            Refusal(AuthenticationRefusal.wrongPurpose, facts: ["purpose": purpose])
        }
        guard !usage.contains(.nonRepudiation) else { throw refused("signature") }
        guard usage.contains(.digitalSignature) else { throw refused("encryption") }
        guard certificate.facts.extendedKeyUsage.contains(.clientAuth) else { throw refused("other") }
    }

    /// The signature over the domain-tagged message, made of the origin that the browser gave, the statement and the
    /// certificate as they came.
    static func signature(of answer: LoginAnswer, by certificate: Certificate) throws(Refusal) {
        guard let family = certificate.publicKey.family else {
            throw Refusal(AuthenticationRefusal.foreignCertificate, detail: "algorithm family")
        }
        let message = LoginStatement.signedBytes(
            origin: answer.origin.text, statementBytes: answer.statement, certificate: answer.certificate,
            family: family)
        guard certificate.publicKey.verifies(answer.signature, over: message) else {
            throw Refusal(AuthenticationRefusal.wrongSignature)
        }
    }
}
