import AgentProtocol
import Cryptography
import Groundwork
import LegalEntities
import Storage
import TestSupport
import Testing

@testable import Authentication

@Suite struct LoginTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func anHonestAnswerLogsIn(family: AlgorithmFamily) async throws {
        let house = try await LoginHouse(family)
        let challenge = try await house.challenge()
        let (login, evidence) = try await house.verifications.verify(
            house.answer(challenge), session: challenge.session)
        #expect(login.subject == house.subject)
        #expect(login.uscc == LoginHouse.uscc)
        #expect(login.name == "上海示例有限公司")
        #expect(login.amr == ["hwk", "pin", "mfa"])
        #expect(login.certificateSerial == house.authentication.serialNumber)
        let verdict = try EvidenceVerifier.verify(evidence.bytes, anchors: [house.authority.root])
        #expect(verdict.holds, "\(verdict.outcomes)")
        #expect(!verdict.isComplete)
        // The holder has an id of its own that stays the same.
        house.clock.advance(seconds: 60)
        let again = try await house.challenge()
        let second = try await house.verifications.verify(house.answer(again), session: again.session).login
        #expect(second.holder == login.holder)
        #expect(second.holder.bytes != login.subject.bytes)
    }

    @Test func aReplayIsRefused() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        let answer = try house.answer(challenge)
        #expect(await house.refusal(answer, session: challenge.session) == nil)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.challenge-spent")
    }

    @Test func ofTwoAnswersAtOnceExactlyOneSucceeds() async throws {
        let house = try await LoginHouse(.p256)
        for _ in 0..<5 {
            let challenge = try await house.challenge()
            let answer = try house.answer(challenge)
            let outcomes = await withTaskGroup(of: String?.self) { group in
                for _ in 0..<8 { group.addTask { await house.refusal(answer, session: challenge.session) } }
                return await group.reduce(into: [String?]()) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.compactMap { $0 }.allSatisfy { $0 == "authentication.challenge-spent" })
        }
    }

    @Test func anotherSessionIsRefusedAndSpendsNothing() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        let answer = try house.answer(challenge)
        let stranger = SessionToken(in: house.surroundings)
        #expect(await house.refusal(answer, session: stranger) == "authentication.other-session")
        #expect(await house.refusal(answer, session: challenge.session) == nil)
    }

    @Test func anotherClientIsRefused() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        let answer = try house.answer(challenge, client: "market-portal")
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.other-client")
        // What was tried once is spent, whatever came of it.
        let honest = try house.answer(challenge)
        #expect(await house.refusal(honest, session: challenge.session) == "authentication.challenge-spent")
    }

    @Test func anotherOriginIsRefused() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        let answer = try house.answer(challenge, origin: LoginHouse.other)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.other-origin")
        // The page says one origin, the agent signed the one that the browser gave it.
        let second = try await house.challenge()
        var relayed = try house.answer(second, origin: "https://evil.example.com")
        relayed.origin = try WebOrigin(LoginHouse.page)
        #expect(await house.refusal(relayed, session: second.session) == "authentication.wrong-signature")
    }

    @Test func anAlteredStatementIsRefused() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        var statement = try LoginStatement(bytes: challenge.statement.bytes)
        statement.registeredName = "另一个应用"
        let answer = try house.answer(challenge, statement: statement.bytes)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.altered-statement")
    }

    @Test func anExpiredChallengeIsRefused() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge(lifetime: 2)
        let answer = try house.answer(challenge)
        house.clock.advance(seconds: 2)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.challenge-expired")
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func theSignatureKeyDoesNotLogIn(family: AlgorithmFamily) async throws {
        let house = try await LoginHouse(family)
        let challenge = try await house.challenge()
        let answer = try house.answer(challenge, key: house.signatureKey, certificate: house.signature)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.wrong-purpose")
        // Nor with the other certificate put in its place.
        let second = try await house.challenge()
        let mixed = try house.answer(second, key: house.signatureKey)
        #expect(await house.refusal(mixed, session: second.session) == "authentication.wrong-signature")
    }

    @Test(arguments: [
        (LoginCertificateStatus.State.issued, "authentication.not-activated"),
        (.suspended, "authentication.certificate-suspended"), (.revoked, "authentication.certificate-revoked"),
    ])
    func aCertificateThatIsNotActiveIsRefused(state: LoginCertificateStatus.State, code: String) async throws {
        let house = try await LoginHouse(.p256)
        house.set(state)
        let challenge = try await house.challenge()
        #expect(await house.refusal(try house.answer(challenge), session: challenge.session) == code)
    }

    @Test func aRevocationDuringTheVerificationIsSeen() async throws {
        let house = try await LoginHouse(.p256)
        house.beforeStatus { house.set(.revoked) }
        let challenge = try await house.challenge()
        #expect(
            await house.refusal(try house.answer(challenge), session: challenge.session)
                == "authentication.certificate-revoked")
    }

    @Test func foreignCertificatesAreRefused() async throws {
        let house = try await LoginHouse(.p256)
        let stranger = try await TestAuthority(.p256, now: house.clock.now)
        let theirs = try await stranger.certify(
            house.authenticationKey.publicKey, .authentication, uscc: LoginHouse.uscc, at: house.clock.now)
        let challenge = try await house.challenge()
        let answer = try house.answer(challenge, certificate: theirs)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.foreign-certificate")
        // Under our own issuer, but without a record of ours.
        house.forgetRecords()
        let second = try await house.challenge()
        #expect(
            await house.refusal(try house.answer(second), session: second.session)
                == "authentication.foreign-certificate")
    }

    @Test func anExpiredCertificateIsNamedAsSuch() async throws {
        let house = try await LoginHouse(.p256)
        house.clock.advance(seconds: 366 * 86_400)
        let challenge = try await house.challenge()
        #expect(
            await house.refusal(try house.answer(challenge), session: challenge.session)
                == "authentication.certificate-expired")
    }

    @Test func withoutAStatusNobodyIsLoggedIn() async throws {
        let house = try await LoginHouse(.p256)
        house.makeStatusFail()
        let challenge = try await house.challenge()
        #expect(
            await house.refusal(try house.answer(challenge), session: challenge.session)
                == "authentication.status-unavailable")
    }

    @Test func whatIsTooLargeIsNotLookedAt() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        var answer = try house.answer(challenge)
        answer.certificate += [UInt8](repeating: 0, count: 9000)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.too-large")
        answer.certificate = []
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.malformed-request")
        answer.certificate = [0x30, 0x80, 1, 2, 3]
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.malformed-certificate")
    }

    @Test func challengesAreMadeForRegisteredOriginsOnly() async throws {
        let house = try await LoginHouse(.p256)
        await #expect(throws: Refusal(AuthenticationRefusal.originNotRegistered)) {
            _ = try await house.challenge(origin: LoginHouse.other)
        }
        await #expect(throws: Refusal(AuthenticationRefusal.unknownClient)) {
            _ = try await house.challenge(client: "nobody-knows")
        }
        await #expect(throws: Refusal(AuthenticationRefusal.lifetimeOutOfRange)) {
            _ = try await house.challenge(lifetime: 301)
        }
    }

    @Test func noncesAndSessionsAreNotInTheStore() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        let nonce = try LoginStatement(bytes: challenge.statement.bytes).nonce
        let rows = try await house.database.read {
            try $0.query("SELECT nonce_hash, session_hash, statement_hash FROM login_challenge")
        }
        #expect(rows.count == 1)
        #expect(try rows[0].blob("nonce_hash") == DigestAlgorithm.sha256.hash(nonce))
        #expect(SessionToken(cookie: challenge.session.cookie) == challenge.session)
    }
}
