internal import Groundwork

/// The OpenAPI 3.1 description of the public address, served as `/openapi.json`: each part describes itself.
enum PublicInterface {
    static let description: CanonicalJSON = .object([
        "openapi": "3.1.0",
        "info": [
            "title": "一证通 public", "version": "1",
            "description":
                "What anybody may ask: whether a certificate was valid at a moment; the audit log's checkpoints and proofs.",
        ],
        "paths": .object(ValidityInterface.paths.merging(AuditInterface.paths) { $1 }),
        "components": [
            "schemas": .object(
                InterfaceSchema.problemSchemas.merging(ValidityInterface.schemas) { $1 }
                    .merging(AuditInterface.schemas) { $1 })
        ],
    ])
}
