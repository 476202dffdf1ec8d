import Authentication
import Cryptography
import Foundation
import Groundwork
import Installation
import OtherPrograms
import Testing
import WebService

/// The description that developers read says what the service does.
@Suite(.timeLimit(.minutes(20))) struct LoginInterfaceTests {
    @Test func itIsValidOpenAPI() async throws {
        try await WebHouse.serve { house in
            let answer = try await house.caller.fetch(house.base(.login) + "/openapi.json")
            #expect(answer.status == 200 && answer.header("content-type") == "application/json")
            try house.caller.write(answer.body, "openapi.json")
            let outcome = try await house.caller.run([
                "python3", "-c",
                """
                import json
                from openapi_spec_validator import OpenAPIV31SpecValidator
                OpenAPIV31SpecValidator(json.load(open("openapi.json"))).validate()
                """,
            ])
            #expect(outcome.status == 0, "\(outcome.complaints)")
        }
    }

    @Test func itsMembersAreTheWiresMembers() async throws {
        try await WebHouse.serve { house in
            let document = try #require(try await house.caller.fetch(house.base(.login) + "/openapi.json").json)
            let components = try #require(document["components"] as? [String: Any])
            let schemas = try #require(components["schemas"] as? [String: [String: Any]])
            let bytes = WireBytes([1])
            let wire: [(String, any Encodable)] = [
                (
                    "ChallengeRequest",
                    ChallengeRequest(client: "c", origin: "o", purpose: "login", lifetime: 60)
                ),
                (
                    "ChallengeAnswer",
                    ChallengeAnswer(
                        challenge: "c", statement: bytes, serviceSignature: bytes, serviceKeyID: "k", expires: "e")
                ),
                (
                    "VerificationRequest",
                    VerificationRequest(
                        challenge: "c", client: "c", origin: "o", statement: bytes, signature: bytes,
                        certificate: bytes)
                ),
            ]
            for (name, value) in wire {
                let members = try #require(
                    try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
                #expect(names(of: schemas[name]) == Set(members.keys), "\(name)")
            }
            let problem = try #require(try await house.caller.fetch(house.base(.login) + "/nothing").json)
            #expect(names(of: schemas["Problem"]) == Set(problem.keys))
            #expect(Set(schemas["Problem"]?["required"] as? [String] ?? []) == Set(problem.keys))
        }
    }

    private func names(of schema: [String: Any]?) -> Set<String> {
        Set((schema?["properties"] as? [String: Any] ?? [:]).keys)
    }
}
