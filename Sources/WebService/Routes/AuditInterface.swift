internal import Groundwork

/// The audit's part.
enum AuditInterface {
    private typealias Schema = InterfaceSchema

    static let paths: [String: CanonicalJSON] = [
        "/api/v1/audit/checkpoints/latest": get(
            "The newest signed checkpoint. Keep it: a later log that contradicts it was bent.",
            Schema.answer("Checkpoint", "Its signed bytes, and what they say")),
        "/api/v1/audit/checkpoints/{size}": get(
            "The checkpoint of exactly that size", Schema.answer("Checkpoint", "Its signed bytes, and what they say"),
            [Schema.count("size", "number of events", in: "path", isRequired: true)]),
        "/api/v1/audit/proofs/inclusion": get(
            "That an event is in the log (RFC 9162, 2.1.3). Name it by event or by leaf.",
            Schema.answer("InclusionProof", "The path from the leaf to the root"),
            [
                Schema.parameter(
                    "event", Schema.text("as evidence names it", like: "^audit_[0-9a-f]{32}$")),
                Schema.count("leaf", "its place, from 0"),
                Schema.count("size", "the tree's size; the newest checkpoint's if absent"),
            ]),
        "/api/v1/audit/proofs/consistency": get(
            "That the log of the first size is the beginning of that of the second (RFC 9162, 2.1.4)",
            Schema.answer("ConsistencyProof", "The path"),
            [
                Schema.count("first", "the size of the checkpoint that you hold", isRequired: true),
                Schema.count("second", "the size of a later one", isRequired: true),
            ]),
        "/api/v1/audit/keys": .object([
            "get": .object([
                "summary": "The public keys that sign or signed checkpoints, the newest first, each with its end",
                "responses": .object([
                    "200": [
                        "description": .string(
                            "PEM. Before the block of a key that was exchanged stands a line \"Ended: "
                                + "2026-11-21T10:00:00Z\": what it signed counts by itself if its time stamp is of "
                                + "that second or earlier"), "content": ["application/x-pem-file": [:]],
                    ],
                    "default": Schema.problem,
                ]),
            ])
        ]),
    ]

    static let schemas: [String: CanonicalJSON] = [
        "Checkpoint": Schema.object(
            ["body", "signature", "token", "number", "size", "root", "time", "last_countersigned"],
            [
                "body": Schema.base64("the signed bytes (RFC 8785 JSON)"),
                "signature": Schema.base64("by the audit's key"),
                "token": Schema.optional(Schema.base64("an RFC 3161 time stamp over body ‖ signature")),
                "number": Schema.number("0 for the first"), "size": Schema.number("events covered"),
                "root": Schema.digest("Merkle tree hash (RFC 6962, 2.1), hexadecimal"),
                "time": ["type": "string", "format": "date-time"],
                "last_countersigned": Schema.optional(
                    Schema.number("the newest counter-signed checkpoint's number")),
            ]),
        "InclusionProof": Schema.object(
            ["leaf", "size", "leaf_hash", "root", "path"],
            [
                "leaf": Schema.number("place, from 0"), "size": Schema.number("of the tree"),
                "leaf_hash": Schema.digest("SHA-256(0x00 ‖ event), hexadecimal"), "root": Schema.digest("hexadecimal"),
                "path": Schema.list(Schema.digest("hexadecimal")),
            ]),
        "ConsistencyProof": Schema.object(
            ["first", "second", "first_root", "second_root", "path"],
            [
                "first": Schema.number("size"), "second": Schema.number("size"),
                "first_root": Schema.digest("hexadecimal"), "second_root": Schema.digest("hexadecimal"),
                "path": Schema.list(Schema.digest("hexadecimal")),
            ]),
    ]

    private static func get(
        _ summary: String, _ answer: CanonicalJSON, _ parameters: [CanonicalJSON] = []
    ) -> CanonicalJSON {
        .object([
            "get": .object([
                "summary": .string(summary), "parameters": .array(parameters),
                "responses": .object(["200": answer, "default": Schema.problem]),
            ])
        ])
    }
}
