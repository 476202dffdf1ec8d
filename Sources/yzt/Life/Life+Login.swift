import AgentProtocol
import Authentication
internal import CertificateProfiles
internal import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
internal import KeyCustody
import Officers
import PIV
import Registration
import WebService

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
    }

    func login() async throws -> String {
        try await registerApplications()
        let answer = try await logIn(at: .holder)
        try expect(answer.uscc == cast.code, "the entity's code")
        let open = try authority
        try await open.checkpoint()
        guard let login = LoginIdentifier(shown: answer.login) else {
            throw Refusal(CommandRefusal.stepFailed, detail: answer.login, facts: ["step": "login"])
        }
        let evidence = try await EvidenceExport(
            database: open.database, audit: open.audit,
            checkpointCertificate: open.authority.service(.checkpoints).certificate
        ).evidence(of: login)
        let verdict = try EvidenceVerifier.verify(evidence.bytes, anchors: open.authority.issuers.anchors)
        try expect(verdict.holds, "evidence that holds offline: \(verdict.outcomes)")
        cast.evidence = evidence.bytes
        try output.write(evidence.bytes, "login/evidence.json")
        return "\(answer.name), sub \(answer.sub.prefix(8))…, \(answer.amr.joined(separator: "+"))"
    }

    private func registerApplications() async throws {
        let open = try authority
        for (id, zh, en, origin) in [
            (Self.client, "电子税务局", "Electronic Tax Bureau", Self.origin),
            (Self.otherClient, "市场监管一网通办", "Market Regulation", Self.otherOrigin),
        ] {
            let application = RelyingApplication(
                client: try ClientIdentifier(id), name: LocalisedText(zh: zh, en: en), department: zh,
                origins: [try WebOrigin(origin)])
            try await open.applicationOrders.register(application, reason: "evaluation", by: officerKeys)
        }
    }

    /// One whole login with the key in a place.
    func logIn(at place: Place) async throws -> VerificationAnswer {
        let asked = try await challenge()
        let proof = try await sign(asked, at: place)
        let answer = try await verify(asked, proof)
        guard answer.status == 200 else { throw LoginRefused(code: answer.problemCode ?? "\(answer.status)") }
        return try JSONDecoder().decode(VerificationAnswer.self, from: Data(answer.body))
    }

    /// The code with which a login at this place is refused now.
    func refusedLogin(at place: Place) async throws -> String {
        do { _ = try await logIn(at: place) } catch let refused as LoginRefused { return refused.code }
        throw Refusal(CommandRefusal.stepFailed, detail: "the login succeeded", facts: ["step": "login"])
    }

    struct LoginRefused: Error { let code: String }

    func challenge(lifetime: Int64? = nil) async throws -> Asked {
        let body = try JSONEncoder().encode(
            ChallengeRequest(client: Self.client, origin: Self.origin, lifetime: lifetime))
        let base = try authority.configuration.addresses.login
        let answer = try await client.post(
            base + "/api/v1/auth/challenges", type: "application/json", body: Array(body))
        guard answer.status == 201, let cookie = answer.cookie else {
            throw LoginRefused(code: answer.problemCode ?? "\(answer.status)")
        }
        return Asked(
            answer: try JSONDecoder().decode(ChallengeAnswer.self, from: Data(answer.body)), cookie: cookie)
    }

    /// What the key agent does: verify the statement, ask for the PIN, sign.
    func sign(_ asked: Asked, at place: Place) async throws -> LoginProof {
        let open = try authority
        let terminal = try terminal(place)
        let medium = terminal.key.medium()
        let statement = SignedStatement(
            bytes: asked.answer.statement.bytes, signature: asked.answer.serviceSignature.bytes)
        let now = open.surroundings.now()
        let onCard = try await medium.certificates().map(\.certificate).filter { $0.isForLogin && $0.isValid(at: now) }
        await medium.finish()
        return try await medium.signLogin(
            statement, origin: Self.origin, serviceKey: open.authority.service(.statements).certificate.publicKey,
            certificate: onCard.count > 1 ? onCard.max { $0.notBefore < $1.notBefore } : nil)
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
        let base = try authority.configuration.addresses.login
        return try await client.post(
            base + "/api/v1/auth/verifications", type: "application/json", body: Array(body),
            headers: ["Cookie": asked.cookie])
    }

    func loginRefused() async throws -> String {
        var codes: [String] = []
        func refused(_ name: String, _ answer: WebClient.Answer, _ expected: String) throws {
            let code = answer.problemCode ?? "\(answer.status)"
            try expect(answer.status != 200 && code == expected, "\(name): \(expected), not \(code)")
            codes.append(code.split(separator: ".").last.map(String.init) ?? code)
        }
        let first = try await challenge()
        let proof = try await sign(first, at: .holder)
        try expect(try await verify(first, proof).status == 200, "the honest login")
        try refused("replay", try await verify(first, proof), AuthenticationRefusal.challengeSpent.code)

        let second = try await challenge()
        let secondProof = try await sign(second, at: .holder)
        try refused(
            "another origin", try await verify(second, secondProof, origin: Self.otherOrigin),
            AuthenticationRefusal.otherOrigin.code)
        let third = try await challenge()
        let thirdProof = try await sign(third, at: .holder)
        try refused(
            "another client", try await verify(third, thirdProof, client: Self.otherClient),
            AuthenticationRefusal.otherClient.code)
        var altered = third.answer.statement.bytes
        altered[altered.count / 2] ^= 1
        let fourth = try await challenge()
        let fourthProof = try await sign(fourth, at: .holder)
        try refused(
            "an altered statement", try await verify(fourth, fourthProof, statement: altered),
            AuthenticationRefusal.alteredStatement.code)

        let fifth = try await challenge()
        try refused(
            "the signature key", try await verify(fifth, try await signWithSignatureKey(fifth)),
            AuthenticationRefusal.wrongPurpose.code)
        try await refuseExpired(&codes)
        return codes.joined(separator: ", ")
    }

    /// The shortest life that the policy allows, awaited as a bounded state.
    private func refuseExpired(_ codes: inout [String]) async throws {
        let asked = try await challenge(lifetime: 2)
        let proof = try await sign(asked, at: .holder)
        let open = try authority
        for _ in 0..<100 {
            if let expires = Self.instant(asked.answer.expires), open.surroundings.now() > expires.adding(seconds: 1) {
                break
            }
            poll(nil, 0, 100)
        }
        let answer = try await verify(asked, proof)
        try expect(
            answer.problemCode == AuthenticationRefusal.challengeExpired.code,
            "an expired challenge, not \(answer.problemCode ?? "?")")
        codes.append("challenge-expired")
    }

    private static func instant(_ rfc3339: String) -> Instant? {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        return formatter.date(from: rfc3339).map { Instant($0) }
    }

    /// A forgery that only somebody with the card in hand could try: the login signed with the signature key.
    private func signWithSignatureKey(_ asked: Asked) async throws -> LoginProof {
        let record = try await active(.signature, on: cast.first)
        let certificate = try record.certificate()
        let terminal = try terminal(.holder)
        let message = TaggedMessage.login(
            origin: Self.origin, statementBytes: asked.answer.statement.bytes, certificate: certificate.der,
            family: options.family)
        let pin = try await pins.provider(for: terminal.key.name).pin(
            for: PINQuestion(
                .current(triesLeft: nil), of: PINOwner(.holder, at: terminal.key.name),
                for: LocalisedText(zh: "", en: "")))
        guard let slot = record.slot else { throw Refusal(CommandRefusal.wrongCard) }
        let signature = try await StrangersProgram.withCard(in: terminal.key.name) { card in
            let algorithm = try await card.algorithm(of: slot, key: certificate.publicKey)
            try await card.verifyPIN(pin)
            return try await card.sign(
                message, in: .init(rawValue: slot), algorithm: algorithm, publicKey: certificate.publicKey)
        }
        let statement = SignedStatement(
            bytes: asked.answer.statement.bytes, signature: asked.answer.serviceSignature.bytes)
        return LoginProof(
            statement: statement, origin: Self.origin, certificate: certificate.der, signature: signature)
    }
}
