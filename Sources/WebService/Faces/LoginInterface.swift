internal import Groundwork

/// The OpenAPI 3.1 description of the login address, served as `/openapi.json`.
enum LoginInterface {
    static func description(cookieName: String) -> CanonicalJSON {
        .object([
            "openapi": "3.1.0",
            "info": [
                "title": "一证通 login", "version": "1",
                "description":
                    "A login is a challenge, a signature that the holder's key makes over it, and one verification.",
            ],
            "paths": [
                "/api/v1/auth/challenges": [
                    "post": [
                        "summary": "Make a one-use challenge for an application's registered origin",
                        "requestBody": body("ChallengeRequest"),
                        "responses": [
                            "201": answer("ChallengeAnswer", "The statement to show and sign; sets the session cookie"),
                            "default": problem,
                        ],
                    ]
                ],
                "/api/v1/auth/verifications": [
                    "post": [
                        "summary": "Verify the key's signature, once, in the session that asked for the challenge",
                        "security": [["session": []]],
                        "requestBody": body("VerificationRequest"),
                        "responses": ["200": answer("VerificationAnswer", "Who logged in"), "default": problem],
                    ]
                ],
            ],
            "components": [
                "securitySchemes": [
                    "session": .object([
                        "type": "apiKey", "in": "cookie", "name": .string(cookieName),
                        "description": "set by the challenge's answer; send it back unread",
                    ])
                ],
                "schemas": [
                    "ChallengeRequest": object(
                        ["client", "origin"],
                        [
                            "client": text("the application's registered id"),
                            "origin": text("scheme, host and port of the page, as the browser says it"),
                            "purpose": text("what the login is for; login if absent"),
                            "lifetime": number("seconds, within the policy"),
                        ]),
                    "ChallengeAnswer": object(
                        ["challenge", "statement", "service_signature", "service_key_id", "expires"],
                        [
                            "challenge": text("chal_…"), "statement": text("Base64 of the bytes to show and sign"),
                            "service_signature": text("Base64"), "service_key_id": text("hexadecimal"),
                            "expires": text("RFC 3339"),
                        ]),
                    "VerificationRequest": object(
                        ["challenge", "client", "origin", "statement", "signature", "certificate"],
                        [
                            "challenge": text("as issued"), "client": text("as asked"),
                            "origin": text("as the agent saw it"),
                            "statement": text("Base64, unchanged"),
                            "signature": text("Base64, by the authentication key"),
                            "certificate": text("Base64 of the DER certificate"),
                        ]),
                    "VerificationAnswer": object(
                        ["login", "sub", "uscc", "name", "holder", "acr", "amr", "certificate_serial", "auth_time"],
                        [
                            "login": text("names the evidence"), "sub": text("the entity, stable for ever"),
                            "uscc": text("统一社会信用代码"), "name": text("the entity's name now"),
                            "holder": text("the key's own stable id"), "acr": text("authentication context"),
                            "amr": ["type": "array", "items": ["type": "string"]],
                            "certificate_serial": text("hexadecimal"), "auth_time": number("seconds since 1970"),
                        ]),
                    "Text": object(["zh", "en"], ["zh": text("Chinese"), "en": text("English")]),
                    "Problem": object(
                        ["type", "title", "detail", "status", "code", "message", "nextStep", "tryAgain"],
                        [
                            "type": text("/problems/<code>"), "title": text("what happened"),
                            "detail": text("what to do next"), "status": number("HTTP status"),
                            "code": text("room.reason, never renamed"),
                            "message": reference("Text"), "nextStep": reference("Text"),
                            "tryAgain": ["type": "boolean", "description": "the same request may succeed later"],
                        ]),
                ],
            ],
        ])
    }

    private static let problem = answer("Problem", "Refused", type: "application/problem+json")

    private static func body(_ schema: String) -> CanonicalJSON {
        ["required": true, "content": ["application/json": ["schema": reference(schema)]]]
    }
    private static func answer(
        _ schema: String, _ description: String, type: String = "application/json"
    ) -> CanonicalJSON {
        .object([
            "description": .string(description),
            "content": .object([type: ["schema": reference(schema)]]),
        ])
    }
    private static func reference(_ schema: String) -> CanonicalJSON {
        .object(["$ref": .string("#/components/schemas/\(schema)")])
    }
    private static func object(_ required: [String], _ properties: [String: CanonicalJSON]) -> CanonicalJSON {
        .object([
            "type": "object", "required": .array(required.map { .string($0) }), "properties": .object(properties),
        ])
    }
    private static func text(_ description: String) -> CanonicalJSON {
        .object(["type": "string", "description": .string(description)])
    }
    private static func number(_ description: String) -> CanonicalJSON {
        .object(["type": "integer", "description": .string(description)])
    }
}
