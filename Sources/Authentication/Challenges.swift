import AgentProtocol
package import Cryptography
package import Groundwork
package import Storage

/// Makes challenges: one-use nonces inside statements that this service signs.
package struct Challenges: Sendable {
    private let database: Database
    private let inForce: @Sendable () -> LoginPolicy
    private var policy: LoginPolicy { inForce() }
    private let service: @Sendable () throws -> any Signer
    private let surroundings: Surroundings

    /// - Parameter signer: the service key that agents pin and that signs statements alone.
    package init(database: Database, policy: LoginPolicy, signer: any Signer, surroundings: Surroundings) {
        self.init(database: database, policyInForce: { policy }, surroundings: surroundings) { signer }
    }

    /// The same with a key that is exchanged while the service runs.
    package init(
        database: Database, policyInForce: @escaping @Sendable () -> LoginPolicy, surroundings: Surroundings,
        service: @escaping @Sendable () throws -> any Signer
    ) {
        self.database = database
        self.inForce = policyInForce
        self.service = service
        self.surroundings = surroundings
    }

    /// How often may be asked, by the policy in force.
    package var rates: LoginPolicy.Rates { policy.rates ?? .usual }

    /// - Parameters:
    ///   - session: the browser's token if it has one; otherwise a new one is made.
    ///   - lifetime: seconds, within what the policy allows.
    ///   - admit: is asked once the application is known, before anything is signed or stored.
    package func create(
        client: ClientIdentifier, origin: WebOrigin, purpose: LoginPurpose = .login, session: SessionToken? = nil,
        lifetime: Int64? = nil, admit: @Sendable (ClientIdentifier) throws -> Void = { _ in }
    ) async throws -> IssuedChallenge {
        let seconds = try policy.lifetime(asked: lifetime)
        let application = try await database.read { transaction in
            try RelyingApplicationStore().application(client, in: transaction)
        }
        guard application.allows(origin) else {
            throw Refusal(
                AuthenticationRefusal.originNotRegistered, facts: ["origin": origin.text, "client": client.text])
        }
        try admit(client)
        let signer = try service()
        let now = surroundings.now()
        let nonce = surroundings.randomBytes(32)
        let statement = LoginStatement(
            serviceKey: Hex.encode(signer.publicKey.keyIdentifier), origin: origin.text, client: client.text,
            registeredName: application.name.zh, purpose: purpose.rawValue, acr: policy.acr, nonce: nonce,
            issuedAt: now, expiresAt: now.adding(seconds: seconds))
        let signed = try await SignedStatement.sign(statement, with: signer)
        Counted.signatures.add("login-statement")
        let token = session ?? SessionToken(in: surroundings)
        let challenge = StoredChallenge(
            id: ChallengeIdentifier(in: surroundings), sessionHash: token.hash,
            statementHash: DigestAlgorithm.sha256.hash(signed.bytes), serviceSignature: signed.signature,
            client: client.text, origin: origin.text, expiresAt: statement.expiresAt, isSpent: false)
        try await database.write { transaction in
            try ChallengeStore().insert(
                challenge, nonceHash: DigestAlgorithm.sha256.hash(nonce), at: now, in: transaction)
        }
        return IssuedChallenge(
            id: challenge.id, statement: signed, serviceKeyID: statement.serviceKey, session: token,
            expiresAt: statement.expiresAt)
    }

    /// The same for what came over HTTP.
    package func create(
        _ request: ChallengeRequest, session: SessionToken?,
        admit: @Sendable (ClientIdentifier) throws -> Void = { _ in }
    ) async throws -> IssuedChallenge {
        guard let purpose = LoginPurpose(rawValue: request.purpose ?? LoginPurpose.login.rawValue) else {
            throw Refusal(AuthenticationRefusal.malformedRequest, facts: ["what": "purpose"])
        }
        return try await create(
            client: ClientIdentifier(request.client), origin: WebOrigin(request.origin), purpose: purpose,
            session: session, lifetime: request.lifetime, admit: admit)
    }

    /// Seconds after its end for which a challenge is still called expired or spent, and not unknown.
    static let keptSeconds: Int64 = 600
    /// Rounds of a thousand in one sweep: more than can be made in a minute.
    private static let rounds = 200

    /// Forgets challenges that ended ten minutes ago.
    /// - Returns: how many.
    package func sweep() async throws -> Int {
        let limit = surroundings.now().adding(seconds: -Self.keptSeconds)
        var forgotten = 0
        for _ in 0..<Self.rounds {
            let round = try await database.write { try ChallengeStore().forget(before: limit, in: $0) }
            forgotten += round
            if round < ChallengeStore.forgottenAtOnce { break }
        }
        return forgotten
    }
}
