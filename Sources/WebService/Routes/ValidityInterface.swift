internal import Groundwork

/// The part of the public address's OpenAPI description that is about long-term answers.
enum ValidityInterface {
    static let paths: [String: CanonicalJSON] = [
        "/api/v1/validity/{serial}": [
            "get": [
                "summary": "Was the certificate with this serial number valid at that moment?",
                "parameters": [
                    [
                        "name": "serial", "in": "path", "required": true,
                        "schema": ["type": "string", "pattern": "^(?:0[1-9a-fA-F]|[1-7][0-9a-fA-F])[0-9a-fA-F]{30}$"],
                    ], moment,
                ],
                "responses": responses,
            ]
        ],
        "/api/v1/validity": [
            "post": [
                "summary": "The same for exactly this certificate",
                "parameters": [moment],
                "requestBody": [
                    "required": true,
                    "content": [
                        "application/pkix-cert": ["schema": ["type": "string", "format": "binary"]]
                    ],
                ],
                "responses": responses,
            ]
        ],
    ]

    static let schemas: [String: CanonicalJSON] = [
        "WitnessedStatement": [
            "type": "object",
            "required": ["format", "body", "signature", "token", "signer", "chain", "status"],
            "properties": [
                "format": ["type": "string", "const": "yzt-witnessed-1"],
                "body": base64(
                    "RFC 8785 JSON: format yzt-validity-answer-1, serial, at, verdict, since, until, history …; "
                        + "where a revocation has an invalidity date before it, revokedAt and invalidSince beside since"
                ),
                "signature": base64("over the body's bytes, by the signer's key"),
                "token": base64("RFC 3161 time stamp token over the signature's bytes"),
                "signer": base64("the DER certificate of the statements' key"),
                "chain": [
                    "type": "array", "items": base64("a DER certificate"),
                    "description": "between the signer, the time stamp authority and the root",
                ],
                "status": base64("an OCSP response about the signer"),
            ],
        ]
    ]

    private static let moment: CanonicalJSON = [
        "name": "at", "in": "query", "required": true, "description": "RFC 3339; in the past",
        "schema": [
            "type": "string", "format": "date-time",
            "pattern":
                "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\\.[0-9]{1,3})?(?:Z|[+-][0-9]{2}:[0-9]{2})$",
        ],
    ]

    private static let responses: CanonicalJSON = [
        "200": [
            "description": "The signed and time-stamped answer",
            "content": [
                "application/json": ["schema": ["$ref": "#/components/schemas/WitnessedStatement"]]
            ],
        ],
        "default": [
            "description": "Refused",
            "content": [
                "application/problem+json": ["schema": ["$ref": "#/components/schemas/Problem"]]
            ],
        ],
    ]

    private static func base64(_ description: String) -> CanonicalJSON {
        ["type": "string", "contentEncoding": "base64", "description": .string(description)]
    }
}
