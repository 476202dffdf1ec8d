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
            [Schema.parameter("size", "number of events", in: "path", isRequired: true)]),
        "/api/v1/audit/proofs/inclusion": get(
            "That an event is in the log (RFC 9162, 2.1.3). Name it by event or by leaf.",
            Schema.answer("InclusionProof", "The path from the leaf to the root"),
            [
                Schema.parameter("event", "audit_…, as evidence names it", type: "string"),
                Schema.parameter("leaf", "its place, from 0"),
                Schema.parameter("size", "the tree's size; the newest checkpoint's if absent"),
            ]),
        "/api/v1/audit/proofs/consistency": get(
            "That the log of the first size is the beginning of that of the second (RFC 9162, 2.1.4)",
            Schema.answer("ConsistencyProof", "The path"),
            [
                Schema.parameter("first", "the size of the checkpoint that you hold", isRequired: true),
                Schema.parameter("second", "the size of a later one", isRequired: true),
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
                "body": Schema.text("Base64 of the signed bytes (RFC 8785 JSON)"),
                "signature": Schema.text("Base64, by the audit's key"),
                "token": Schema.text("Base64 of an RFC 3161 time stamp over body ‖ signature, or null"),
                "number": Schema.number("0 for the first"), "size": Schema.number("events covered"),
                "root": Schema.text("Merkle tree hash (RFC 6962, 2.1), hexadecimal"), "time": Schema.text("RFC 3339"),
                "last_countersigned": Schema.number("the newest counter-signed checkpoint's number, or null"),
            ]),
        "InclusionProof": Schema.object(
            ["leaf", "size", "leaf_hash", "root", "path"],
            [
                "leaf": Schema.number("place, from 0"), "size": Schema.number("of the tree"),
                "leaf_hash": Schema.text("SHA-256(0x00 ‖ event), hexadecimal"), "root": Schema.text("hexadecimal"),
                "path": Schema.list(Schema.text("hexadecimal")),
            ]),
        "ConsistencyProof": Schema.object(
            ["first", "second", "first_root", "second_root", "path"],
            [
                "first": Schema.number("size"), "second": Schema.number("size"),
                "first_root": Schema.text("hexadecimal"), "second_root": Schema.text("hexadecimal"),
                "path": Schema.list(Schema.text("hexadecimal")),
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
