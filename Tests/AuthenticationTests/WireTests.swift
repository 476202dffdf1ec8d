import Cryptography
import Foundation
import Groundwork
import LegalEntities
import Testing

@testable import Authentication

/// The names on the REST surface, which departments' programs depend on.
@Suite struct WireTests {
    private func object(_ value: some Encodable) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
    }

    @Test func answersHaveTheirMembers() async throws {
        let house = try await LoginHouse(.p256)
        let challenge = try await house.challenge()
        #expect(
            Set(try object(challenge.answer).keys)
                == ["challenge", "statement", "service_signature", "service_key_id", "expires"])
        let answer = try house.answer(challenge)
        let request = VerificationRequest(
            challenge: challenge.id.shown, client: answer.client.text, origin: answer.origin.text,
            statement: WireBytes(answer.statement), signature: WireBytes(answer.signature),
            certificate: WireBytes(answer.certificate))
        let carried = try JSONDecoder().decode(VerificationRequest.self, from: JSONEncoder().encode(request))
        let verified = try await house.verifications.verify(carried, session: challenge.session)
        #expect(
            Set(try object(verified).keys) == [
                "login", "sub", "uscc", "name", "holder", "acr", "amr", "certificate_serial", "auth_time",
            ])
        #expect(verified.sub == house.subject.text)
        #expect(LoginIdentifier(shown: verified.login) != nil)
    }

    @Test(arguments: [
        #"{"challenge":"challenge_00","client":"tax-portal","origin":"https://a.example","statement":"","signature":"","certificate":""}"#,
        #"{"challenge":"x","client":"tax-portal","origin":"https://a.example","statement":"AA==","signature":"AA==","certificate":"AA=="}"#,
    ])
    func malformedAnswersAreRefused(text: String) async throws {
        let request = try JSONDecoder().decode(VerificationRequest.self, from: Data(text.utf8))
        #expect(throws: Refusal(AuthenticationRefusal.malformedRequest)) { _ = try LoginAnswer(request) }
    }

    @Test func bytesAreBase64() {
        #expect(throws: (any Error).self) { try JSONDecoder().decode(WireBytes.self, from: Data(#""%%""#.utf8)) }
    }

    @Test func unknownPurposesAreRefused() async throws {
        let house = try await LoginHouse(.p256)
        await #expect(throws: Refusal(AuthenticationRefusal.malformedRequest)) {
            _ = try await house.challenges.create(
                ChallengeRequest(client: "tax-portal", origin: LoginHouse.page, purpose: "payment"), session: nil)
        }
    }

    @Test(arguments: ["", "abc", String(repeating: "A", count: 42), String(repeating: "*", count: 43)])
    func sessionCookiesHaveOneForm(text: String) { #expect(SessionToken(cookie: text) == nil) }

    @Test func everyRefusalSpeaksBothLanguages() {
        for reason in AuthenticationRefusal.allCases {
            for text in [reason.message, reason.nextStep] { #expect(!text.zh.isEmpty && !text.en.isEmpty, "\(reason)") }
        }
    }
}
