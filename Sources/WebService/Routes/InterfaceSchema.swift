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
    /// A string of this form (ECMA 262), of at most so many characters.
    static func text(_ description: String, like pattern: String, most: Int? = nil) -> CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "type": "string", "description": .string(description), "pattern": .string(pattern),
        ]
        if let most { members["maxLength"] = .integer(Int64(most)) }
        return .object(members)
    }
    /// A whole number within these bounds.
    static func number(_ description: String, from least: Int64 = 0, to most: Int64? = nil) -> CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "type": "integer", "description": .string(description), "minimum": .integer(least),
        ]
        if let most { members["maximum"] = .integer(most) }
        return .object(members)
    }
    /// The schema, or null.
    static func optional(_ schema: CanonicalJSON) -> CanonicalJSON {
        .object(["anyOf": .array([schema, ["type": "null"]])])
    }
    /// Base64 with padding (RFC 4648, 4) of at most so many bytes, and of one at least.
    static func base64(_ description: String, bytes: Int? = nil) -> CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "type": "string", "contentEncoding": "base64", "description": .string(description), "minLength": 4,
            "pattern": "^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/][AQgw]==|[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=)?$",
        ]
        if let bytes { members["maxLength"] = .integer(Int64((bytes + 2) / 3 * 4)) }
        return .object(members)
    }
    /// SHA-256, hexadecimal.
    static func digest(_ description: String) -> CanonicalJSON { text(description, like: "^[0-9a-f]{64}$") }
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
        _ name: String, _ schema: CanonicalJSON, in place: String = "query", isRequired: Bool = false
    ) -> CanonicalJSON {
        .object(["name": .string(name), "in": .string(place), "required": .bool(isRequired), "schema": schema])
    }
    /// A count or a place, at most 15 digits.
    static func count(
        _ name: String, _ description: String, in place: String = "query", isRequired: Bool = false
    ) -> CanonicalJSON {
        parameter(name, number(description, to: 999_999_999_999_999), in: place, isRequired: isRequired)
    }

    /// What every interface answers with when it refuses.
    static let problemSchemas: [String: CanonicalJSON] = [
        "Text": object(["zh", "en"], ["zh": text("Chinese"), "en": text("English")]),
        "Problem": object(
            ["type", "title", "detail", "status", "code", "message", "nextStep", "tryAgain"],
            [
                "type": text("/problems/<code>", like: "^/problems/[a-z-]+\\.[a-z-]+$"), "title": text("what happened"),
                "detail": text("what to do next"), "status": number("HTTP status", from: 400, to: 599),
                "code": text("room.reason, never renamed", like: "^[a-z-]+\\.[a-z-]+$"),
                "message": reference("Text"), "nextStep": reference("Text"),
                "tryAgain": ["type": "boolean", "description": "the same request may succeed later"],
            ]),
    ]
}
