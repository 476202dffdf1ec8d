internal import Groundwork

/// The OpenAPI 3.1 description of the public address, served as `/openapi.json`: each part describes itself.
enum PublicInterface {
    static let description: CanonicalJSON = .object([
        "openapi": "3.1.0",
        "info": [
            "title": "一证通 public", "version": "1",
            "description": "What anybody may ask: whether a certificate was valid at a moment.",
        ],
        "paths": .object(ValidityInterface.paths),
        "components": [
            "schemas": .object(ValidityInterface.schemas.merging(["Problem": problem]) { $1 })
        ],
    ])

    private static let problem: CanonicalJSON = [
        "type": "object", "required": ["type", "title", "detail", "status", "code", "tryAgain"],
        "properties": [
            "type": ["type": "string", "description": "/problems/<code>"],
            "title": ["type": "string", "description": "what happened"],
            "detail": ["type": "string", "description": "what to do next"],
            "status": ["type": "integer"],
            "code": ["type": "string", "description": "room.reason, never renamed"],
            "tryAgain": ["type": "boolean", "description": "the same request may succeed later"],
        ],
    ]
}
