internal import Groundwork

/// The OpenAPI 3.1 description of the login address, served as `/openapi.json`.
enum LoginInterface {
    private typealias Schema = InterfaceSchema

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
                        "requestBody": Schema.body("ChallengeRequest"),
                        "responses": [
                            "201": Schema.answer(
                                "ChallengeAnswer", "The statement to show and sign; sets the session cookie"),
                            "default": Schema.problem,
                        ],
                    ]
                ],
                "/api/v1/auth/verifications": [
                    "post": [
                        "summary": "Verify the key's signature, once, in the session that asked for the challenge",
                        "security": [["session": []]],
                        "requestBody": Schema.body("VerificationRequest"),
                        "responses": [
                            "200": Schema.answer("VerificationAnswer", "Who logged in"), "default": Schema.problem,
                        ],
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
                "schemas": .object(Schema.problemSchemas.merging(schemas) { $1 }),
            ],
        ])
    }

    private static let schemas: [String: CanonicalJSON] = [
        "ChallengeRequest": Schema.object(
            ["client", "origin"],
            [
                "client": Schema.text("the application's registered id"),
                "origin": Schema.text("scheme, host and port of the page, as the browser says it"),
                "purpose": Schema.text("what the login is for; login if absent"),
                "lifetime": Schema.number("seconds, within the policy"),
            ]),
        "ChallengeAnswer": Schema.object(
            ["challenge", "statement", "service_signature", "service_key_id", "expires"],
            [
                "challenge": Schema.text("chal_…"), "statement": Schema.text("Base64 of the bytes to show and sign"),
                "service_signature": Schema.text("Base64"), "service_key_id": Schema.text("hexadecimal"),
                "expires": Schema.text("RFC 3339"),
            ]),
        "VerificationRequest": Schema.object(
            ["challenge", "client", "origin", "statement", "signature", "certificate"],
            [
                "challenge": Schema.text("as issued"), "client": Schema.text("as asked"),
                "origin": Schema.text("as the agent saw it"),
                "statement": Schema.text("Base64, unchanged"),
                "signature": Schema.text("Base64, by the authentication key"),
                "certificate": Schema.text("Base64 of the DER certificate"),
            ]),
        "VerificationAnswer": Schema.object(
            ["login", "sub", "uscc", "name", "holder", "acr", "amr", "certificate_serial", "auth_time"],
            [
                "login": Schema.text("names the evidence"), "sub": Schema.text("the entity, stable for ever"),
                "uscc": Schema.text("统一社会信用代码"), "name": Schema.text("the entity's name now"),
                "holder": Schema.text("the key's own stable id"), "acr": Schema.text("authentication context"),
                "amr": ["type": "array", "items": ["type": "string"]],
                "certificate_serial": Schema.text("hexadecimal"), "auth_time": Schema.number("seconds since 1970"),
            ]),
    ]
}
