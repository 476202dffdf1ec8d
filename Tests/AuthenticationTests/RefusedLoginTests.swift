import Cryptography
import Groundwork
import Storage
import TestSupport
import Testing

@testable import Authentication

/// What a refused login leaves behind.
@Suite struct RefusedLoginTests {
    private func kept(_ house: LoginHouse) async throws -> Int {
        try await house.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event").map { row throws(Refusal) in
                String(decoding: try row.blob("line"), as: UTF8.self)
            }
        }.count { $0.contains("authentication.login.refused") }
    }

    @Test func whatNoKeyOfOursSignedIsNotKept() async throws {
        let house = try await LoginHouse(.p256)
        let stranger = try PrivateKey.generate(.p256)
        for _ in 0..<3 {
            let challenge = try await house.challenge()
            let forged = try house.answer(challenge, key: stranger)
            #expect(await house.refusal(forged, session: challenge.session) == "authentication.wrong-signature")
            // It is spent all the same.
            #expect(
                await house.refusal(try house.answer(challenge), session: challenge.session)
                    == "authentication.challenge-spent")
        }
        house.set(.suspended)
        let other = try await house.challenge()
        #expect(
            await house.refusal(try house.answer(other, key: stranger), session: other.session)
                == "authentication.certificate-suspended")
        #expect(try await kept(house) == 0)
    }

    @Test func whatTheKeySignedIsKeptOnceForAChallenge() async throws {
        let house = try await LoginHouse(.p256)
        house.set(.revoked)
        let challenge = try await house.challenge()
        let answer = try house.answer(challenge)
        #expect(await house.refusal(answer, session: challenge.session) == "authentication.certificate-revoked")
        for _ in 0..<3 {
            #expect(await house.refusal(answer, session: challenge.session) == "authentication.challenge-spent")
        }
        #expect(try await kept(house) == 1)
    }

    @Test func challengesAreForgottenSoonAfterTheirEnd() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge(lifetime: 5)
        house.clock.advance(seconds: 6 + 590)
        #expect(try await house.challenges.sweep() == 0)
        let late = try house.answer(challenge)
        #expect(await house.refusal(late, session: challenge.session) == "authentication.challenge-expired")
        house.clock.advance(seconds: 20)
        #expect(try await house.challenges.sweep() == 1)
        #expect(await house.refusal(late, session: challenge.session) == "authentication.challenge-unknown")
    }

    @Test func anOlderPolicyHasTheUsualRates() throws {
        let older = """
            challenge-seconds: 300
            shortest-challenge-seconds: 2
            acr: urn:yizhengtong:acr:hardware-key
            limits:
              statement-bytes: 4096
              signature-bytes: 512
              certificate-bytes: 8192
            """
        #expect(try LoginPolicy(yaml: older).rates == nil)
        let rates = """

            rates:
              client-per-minute: 60
              client-burst: 5
              application-per-minute: 600
              application-burst: 50
              all-per-minute: 6000
              all-burst: 500
            """
        #expect(try LoginPolicy(yaml: older + rates).rates?.clientBurst == 5)
        #expect(throws: Refusal.self) {
            try LoginPolicy(yaml: older + rates.replacing("client-burst: 5", with: "client-burst: 0"))
        }
    }
}
