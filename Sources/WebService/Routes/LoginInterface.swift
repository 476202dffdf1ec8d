internal import Authentication
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
                                "ChallengeAnswer", "The statement; sets the session cookie"),
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

    /// What ``ClientIdentifier`` takes.
    private static let client = Schema.text(
        "the application's registered id", like: "^[a-z0-9][a-z0-9-]{1,38}[a-z0-9]$")

    /// What ``WebOrigin`` takes: as a browser says it, without a default port; http for loopback alone.
    private static func origin(_ description: String) -> CanonicalJSON {
        let label = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
        let number = "(?:[0-9]|[1-9][0-9]|1[0-9]{2}|2[0-4][0-9]|25[0-5])"
        let port = "(?::[1-9][0-9]{0,3}|:[1-5][0-9]{4}|:6[0-4][0-9]{3}|:65[0-4][0-9]{2}|:655[0-2][0-9]|:6553[0-5])?"
        return Schema.text(
            description,
            like: "^(?:https://(?!.*:443$)\(label)(?:\\.\(label))*\(port)"
                + "|http://(?!.*:80$)(?:localhost|127\\.\(number)\\.\(number)\\.\(number))\(port))$",
            most: WebOrigin.longest)
    }

    private static let challenge = Schema.text("names the challenge", like: "^challenge_[0-9a-f]{32}$")

    private static let schemas: [String: CanonicalJSON] = [
        "ChallengeRequest": Schema.object(
            ["client", "origin"],
            [
                "client": client, "origin": origin("scheme, host and port of the page, as the browser says it"),
                "purpose": Schema.optional(["enum": ["login"], "description": "what the login is for"]),
                "lifetime": Schema.optional(
                    Schema.number("seconds, within the policy: 2 to 300 where it is the shipped one", from: 2, to: 300)),
            ]),
        "ChallengeAnswer": Schema.object(
            ["challenge", "statement", "service_signature", "service_key_id", "expires"],
            [
                "challenge": challenge,
                "statement": Schema.base64("the statement: its exact bytes: to show, and hashed into what is signed"),
                "service_signature": Schema.base64("by the service's key over the statement's bytes"),
                "service_key_id": Schema.text("hexadecimal", like: "^(?:[0-9a-f]{2})+$"),
                "expires": ["type": "string", "format": "date-time"],
            ]),
        "VerificationRequest": Schema.object(
            ["challenge", "client", "origin", "statement", "signature", "certificate"],
            [
                "challenge": challenge, "client": client, "origin": origin("as the agent saw it"),
                "statement": Schema.base64("unchanged", bytes: 4096),
                "signature": Schema.base64("by the authentication key", bytes: 512),
                "certificate": Schema.base64("the DER certificate", bytes: 8192),
            ]),
        "VerificationAnswer": Schema.object(
            ["login", "sub", "uscc", "name", "holder", "acr", "amr", "certificate_serial", "auth_time"],
            [
                "login": Schema.text("names the evidence", like: "^login_[0-9a-f]{32}$"),
                "sub": Schema.text("the entity, stable for ever", like: "^[0-9a-f]{32}$"),
                "uscc": Schema.text("统一社会信用代码", like: "^[0-9A-HJ-NPQRTUWXY]{18}$"),
                "name": Schema.text("the entity's name now"),
                "holder": Schema.text("the key's own stable id", like: "^[0-9a-f]{32}$"),
                "acr": Schema.text("authentication context"),
                "amr": ["type": "array", "items": ["type": "string"]],
                "certificate_serial": Schema.text("hexadecimal", like: "^[0-9a-f]{32}$"),
                "auth_time": Schema.number("seconds since 1970"),
            ]),
    ]
}
