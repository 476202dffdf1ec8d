package import Cryptography
package import Groundwork
package import Storage

/// That one event stands in the log under a signed checkpoint: all that somebody needs who has no access to the log.
package struct AuditEvidence: Hashable, Sendable {
    package let line: [UInt8]
    package let leaf: Int
    package let path: [[UInt8]]
    package let signed: SignedCheckpoint

    package init(line: [UInt8], leaf: Int, path: [[UInt8]], signed: SignedCheckpoint) {
        self.line = line
        self.leaf = leaf
        self.path = path
        self.signed = signed
    }

    /// Whether the checkpoint is signed by that key and the path leads from the line to its root.
    package func holds(publicKey: PublicKey) -> Bool {
        publicKey.verifies(signed.signature, over: signed.checkpoint.body)
            && MerkleProof.includes(
                leafHash: MerkleHash.leaf(line), leaf: leaf, size: signed.checkpoint.size, path: path,
                root: signed.checkpoint.root)
    }

    /// `{event, leaf, path, checkpoint: {body, signature, token}}`; bytes in Base64, hashes in hexadecimal digits.
    package var json: CanonicalJSON {
        [
            "event": .string(Base64.encode(line)), "leaf": .integer(Int64(leaf)),
            "path": AuditProof.json(path), "checkpoint": signed.json,
        ]
    }

    /// Evidence from outside; `nil` if it is malformed. Nothing is checked yet but the form.
    package init?(json: CanonicalJSON) {
        guard let line = json["event"]?.string.flatMap(Base64.decode), let leaf = json["leaf"]?.integer,
            (0..<CanonicalJSON.largestInteger).contains(leaf), let steps = json["path"]?.array, steps.count <= 64,
            let signed = json["checkpoint"].flatMap({ SignedCheckpoint(line: $0.bytes) })
        else { return nil }
        let path = steps.compactMap { $0.string.flatMap(Hex.decode) }
        guard path.count == steps.count, path.allSatisfy({ $0.count == 32 }) else { return nil }
        self.init(line: line, leaf: Int(leaf), path: path, signed: signed)
    }
}

extension AuditLog {
    /// An event's evidence under the first checkpoint that covers it; `nil` while none does.
    package func evidence(
        of event: AuditEventIdentifier, in transaction: any ReadTransaction
    ) throws -> AuditEvidence? {
        guard let row = try transaction.first("SELECT line, leaf FROM audit_event WHERE id = $1", event) else {
            throw Refusal(AuditRefusal.unknownEvent, detail: event.shown)
        }
        guard let leaf = try row.optionalInteger("leaf").map(Int.init),
            let signed = try CheckpointStore.covering(leaf: leaf, in: transaction)
        else { return nil }
        let path = try AuditTree.prover(in: transaction).inclusion(of: leaf, size: signed.checkpoint.size)
        return AuditEvidence(line: try row.blob("line"), leaf: leaf, path: path, signed: signed)
    }

    /// The stored line of an event.
    package func line(of event: AuditEventIdentifier, in transaction: any ReadTransaction) throws(Refusal) -> [UInt8] {
        guard let row = try transaction.first("SELECT line FROM audit_event WHERE id = $1", event) else {
            throw Refusal(AuditRefusal.unknownEvent, detail: event.shown)
        }
        return try row.blob("line")
    }
}
