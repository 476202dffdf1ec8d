internal import Groundwork

/// The words of an OpenAPI 3.1 description.
enum InterfaceSchema {
    static func object(_ required: [String], _ properties: [String: CanonicalJSON]) -> CanonicalJSON {
        .object([
            "type": "object", "required": .array(required.map { .string($0) }), "properties": .object(properties),
        ])
    }
    static func text(_ description: String) -> CanonicalJSON {
        .object(["type": "string", "description": .string(description)])
    }
    static func number(_ description: String) -> CanonicalJSON {
        .object(["type": "integer", "description": .string(description)])
    }
    static func list(_ items: CanonicalJSON) -> CanonicalJSON { .object(["type": "array", "items": items]) }
    static func reference(_ schema: String) -> CanonicalJSON {
        .object(["$ref": .string("#/components/schemas/\(schema)")])
    }
    static func body(_ schema: String) -> CanonicalJSON {
        ["required": true, "content": ["application/json": ["schema": reference(schema)]]]
    }
    static func answer(
        _ schema: String, _ description: String, type: String = "application/json"
    ) -> CanonicalJSON {
        .object([
            "description": .string(description),
            "content": .object([type: ["schema": reference(schema)]]),
        ])
    }
    static let problem = answer("Problem", "Refused", type: "application/problem+json")

    /// A parameter of the query, or of the path.
    static func parameter(
        _ name: String, _ description: String, in place: String = "query", isRequired: Bool = false,
        type: String = "integer"
    ) -> CanonicalJSON {
        .object([
            "name": .string(name), "in": .string(place), "required": .bool(isRequired),
            "description": .string(description), "schema": ["type": .string(type)],
        ])
    }

    /// What every interface answers with when it refuses.
    static let problemSchemas: [String: CanonicalJSON] = [
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
    ]
}
