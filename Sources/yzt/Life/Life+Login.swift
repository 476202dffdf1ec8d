import AgentProtocol
import Authentication
import Cryptography
import Foundation
import Groundwork

/// Logging in at a department's application over the REST interface, and every forgery that must fail.
extension Life {
    static let client = "tax-bureau"
    static let otherClient = "market-regulation"
    static let origin = "https://etax.example.gov.cn"
    static let otherOrigin = "https://amr.example.gov.cn"

    /// A challenge with the cookie that binds it.
    struct Asked {
        var answer: ChallengeAnswer
        var cookie: String

        var statement: SignedStatement {
            SignedStatement(bytes: answer.statement.bytes, signature: answer.serviceSignature.bytes)
        }
    }

    struct LoginRefused: Error { let code: String }

    func login() async throws -> String {
        try registerApplications()
        let answer = try await logIn(at: .holder)
        try expect(answer.uscc == cast.code && answer.name == cast.name, "the entity's code and name")
        try yzt.done(["audit", "checkpoint"])
        let evidence = try output.place(for: "login/evidence.json")
        try yzt.done(["login", "evidence", answer.login, "--out", evidence])
        try yzt.done(["login", "verify", evidence, "--anchor", rootsFile])
        return "\(answer.name), sub \(answer.sub.prefix(8))…, \(answer.amr.joined(separator: "+"))"
    }

    private func registerApplications() throws {
        for (id, zh, en, origin) in [
            (Self.client, "电子税务局", "Electronic Tax Bureau", Self.origin),
            (Self.otherClient, "市场监管一网通办", "Market Regulation", Self.otherOrigin),
        ] {
            try yzt.done(
                [
                    "application", "register", id, "--name", zh, "--english-name", en, "--department", zh, "--origin",
                    origin,
                ] + officers(.firstOfficer), pins: [pins.requester])
        }
    }

    /// One whole login with the key in a reader.
    func logIn(at place: LifePlace) async throws -> VerificationAnswer {
        let asked = try await challenge()
        let answer = try await verify(asked, try await sign(asked, at: place))
        guard answer.status == 200 else { throw LoginRefused(code: answer.problemCode ?? "\(answer.status)") }
        return try JSONDecoder().decode(VerificationAnswer.self, from: Data(answer.body))
    }

    /// The code with which the service refuses a login at this reader now.
    func refusedLogin(at place: LifePlace) async throws -> String {
        do { _ = try await logIn(at: place) } catch let refused as LoginRefused { return refused.code }
        throw Refusal(CommandRefusal.stepFailed, detail: "the login succeeded", facts: ["step": "login"])
    }

    /// The code with which the agent refuses to sign a login at this reader now.
    func refusedBeforeSigning(at place: LifePlace) async throws -> String {
        let asked = try await challenge()
        do { _ = try await sign(asked, at: place) } catch let refusal as Refusal { return refusal.code }
        throw Refusal(CommandRefusal.stepFailed, detail: "the key signed", facts: ["step": "login"])
    }

    func challenge(lifetime: Int64? = nil) async throws -> Asked {
        let body = try JSONEncoder().encode(
            ChallengeRequest(client: Self.client, origin: Self.origin, lifetime: lifetime))
        let answer = try await client.post(
            address("login") + "/api/v1/auth/challenges", type: "application/json", body: Array(body))
        guard answer.status == 201, let cookie = answer.cookie else {
            throw LoginRefused(code: answer.problemCode ?? "\(answer.status)")
        }
        return Asked(
            answer: try JSONDecoder().decode(ChallengeAnswer.self, from: Data(answer.body)), cookie: cookie)
    }

    private func agent(at place: LifePlace) async throws -> LifeAgent {
        let rules = try StrictYAML.decode(
            PINRules.self, at: options.state + "/definition/Policies/pin-rules.yaml")
        return LifeAgent(
            reader: try reader(place), pin: pins[place], serviceKey: try await statementsKey(), rules: rules)
    }

    func sign(_ asked: Asked, at place: LifePlace) async throws -> LoginProof {
        try await agent(at: place).signLogin(asked.statement, origin: Self.origin)
    }

    /// The key that signs statements, from a long-term answer of the public address: its certificate comes along there.
    private func statementsKey() async throws -> PublicKey {
        if let known = statements { return known }
        guard let any = certificates.keys.min() else {
            throw Refusal(CommandRefusal.stepFailed, facts: ["step": "validity"])
        }
        // Any moment will do; the newest seconds are not answered yet.
        let moment = Surroundings.real.now().adding(seconds: -60).rfc3339
        let answer = try await client.get(address("public") + "/api/v1/validity/\(any)?at=\(moment)")
        guard let text = try CanonicalJSON(parsing: answer.body)["signer"]?.string, let der = Base64.decode(text) else {
            throw Refusal(
                CommandRefusal.stepFailed, detail: String(decoding: answer.body, as: UTF8.self),
                facts: ["step": "validity"])
        }
        let signer = try Certificate(der: der)
        try expect(
            issuers.values.contains { signer.isSigned(by: $0.publicKey) }, "the statements' key under our issuers")
        statements = signer.publicKey
        return signer.publicKey
    }

    func verify(
        _ asked: Asked, _ proof: LoginProof, client id: String = Life.client, origin: String = Life.origin,
        statement: [UInt8]? = nil
    ) async throws -> WebClient.Answer {
        let body = try JSONEncoder().encode(
            VerificationRequest(
                challenge: asked.answer.challenge, client: id, origin: origin,
                statement: WireBytes(statement ?? asked.answer.statement.bytes), signature: WireBytes(proof.signature),
                certificate: WireBytes(proof.certificate)))
        return try await client.post(
            address("login") + "/api/v1/auth/verifications", type: "application/json", body: Array(body),
            headers: ["Cookie": asked.cookie])
    }

    func loginRefused() async throws -> String {
        var codes: [String] = []
        func refused(_ name: String, _ answer: WebClient.Answer, _ expected: AuthenticationRefusal) throws {
            let code = answer.problemCode ?? "\(answer.status)"
            try expect(answer.status != 200 && code == expected.code, "\(name): \(expected.code), not \(code)")
            codes.append(code.split(separator: ".").last.map(String.init) ?? code)
        }
        let first = try await challenge()
        let proof = try await sign(first, at: .holder)
        try expect(try await verify(first, proof).status == 200, "the honest login")
        try refused("replay", try await verify(first, proof), .challengeSpent)

        let second = try await challenge()
        let secondProof = try await sign(second, at: .holder)
        try refused(
            "another origin", try await verify(second, secondProof, origin: Self.otherOrigin), .otherOrigin)
        let third = try await challenge()
        let thirdProof = try await sign(third, at: .holder)
        try refused("another client", try await verify(third, thirdProof, client: Self.otherClient), .otherClient)
        var altered = third.answer.statement.bytes
        altered[altered.count / 2] ^= 1
        let fourth = try await challenge()
        let fourthProof = try await sign(fourth, at: .holder)
        try refused(
            "an altered statement", try await verify(fourth, fourthProof, statement: altered), .alteredStatement)

        let fifth = try await challenge()
        let forged = try await agent(at: .holder)
            .signLoginWithSignatureKey(fifth.statement, origin: Self.origin)
        try refused("the signature key", try await verify(fifth, forged), .wrongPurpose)
        try refused("an expired challenge", try await answerTooLate(), .challengeExpired)
        return codes.joined(separator: ", ")
    }

    /// The shortest life that the policy allows, awaited as a bounded state.
    private func answerTooLate() async throws -> WebClient.Answer {
        let asked = try await challenge(lifetime: 2)
        let proof = try await sign(asked, at: .holder)
        for _ in 0..<100 {
            if let expires = Instant(rfc3339: asked.answer.expires),
                Surroundings.real.now() > expires.adding(seconds: 1)
            {
                break
            }
            poll(nil, 0, 100)
        }
        return try await verify(asked, proof)
    }
}
