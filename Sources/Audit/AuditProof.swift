package import Groundwork
package import Storage

/// One file that shows some events in a log to somebody who has no access to it: the events' lines with their paths to
/// a signed checkpoint's root, that this checkpoint continues the one which the verifier held, and, where they were
/// given out, personal data with what opens their commitments.
package struct AuditProof: Hashable, Sendable {
    package static let format = "yzt-audit-proof-1"
    /// No proof file is longer.
    package static let sizeLimit = 16 << 20

    package struct Event: Hashable, Sendable {
        package let line: [UInt8]
        package let leaf: Int
        package let path: [[UInt8]]
    }

    package struct Continuation: Hashable, Sendable {
        package let held: Checkpoint
        package let path: [[UInt8]]
    }

    package let events: [Event]
    package let signed: SignedCheckpoint
    package let continuation: Continuation?
    package let openings: [PersonalOpening]

    package init(
        events: [Event], signed: SignedCheckpoint, continuation: Continuation?, openings: [PersonalOpening] = []
    ) {
        self.events = events
        self.signed = signed
        self.continuation = continuation
        self.openings = openings
    }

    package var bytes: [UInt8] {
        CanonicalJSON.object([
            "format": .string(AuditProof.format),
            "events": .array(
                events.map {
                    [
                        "event": .string(Base64.encode($0.line)), "leaf": .integer(Int64($0.leaf)),
                        "path": AuditProof.json($0.path),
                    ]
                }),
            "checkpoint": signed.json,
            "continues": continuation.map {
                ["held": .string(Base64.encode($0.held.body)), "path": AuditProof.json($0.path)]
            } ?? .null,
            "openings": .array(openings.map(\.json)),
        ]).bytes
    }

    /// A file from outside. Nothing is checked yet but the form.
    /// - Throws: `audit.malformed-proof`.
    package init(bytes: [UInt8]) throws(Refusal) {
        var bytes = bytes
        if bytes.last == 0x0A { bytes.removeLast() }
        guard let json = try? CanonicalJSON(parsingCanonical: bytes, limit: AuditProof.sizeLimit),
            json["format"]?.string == AuditProof.format, let written = json["events"]?.array,
            let signed = json["checkpoint"].flatMap({ SignedCheckpoint(line: $0.bytes) }),
            let continues = json["continues"], let opened = json["openings"]?.array
        else { throw Refusal(AuditRefusal.malformedProof) }
        let events = written.compactMap { json -> Event? in
            guard let line = json["event"]?.string.flatMap(Base64.decode), let leaf = json["leaf"]?.integer,
                (0..<CanonicalJSON.largestInteger).contains(leaf), let path = AuditProof.path(json["path"])
            else { return nil }
            return Event(line: line, leaf: Int(leaf), path: path)
        }
        let openings = opened.compactMap { PersonalOpening(json: $0) }
        var continuation: Continuation?
        if continues != .null {
            guard let held = continues["held"]?.string.flatMap(Base64.decode).flatMap({ Checkpoint(body: $0) }),
                let path = AuditProof.path(continues["path"])
            else { throw Refusal(AuditRefusal.malformedProof) }
            continuation = Continuation(held: held, path: path)
        }
        guard events.count == written.count, openings.count == opened.count else {
            throw Refusal(AuditRefusal.malformedProof)
        }
        self.init(events: events, signed: signed, continuation: continuation, openings: openings)
    }

    /// Refuses unless everything that the file says follows from the trusted keys, and from the held checkpoint where
    /// there is one.
    /// - Throws: `audit.proof-fails`.
    package func verify(trust: AuditTrust, held: Checkpoint? = nil) throws(Refusal) {
        func fails(_ text: LocalisedText) -> Refusal {
            Refusal(AuditRefusal.proofFails, detail: text.en, facts: ["fault": "\(text.zh) / \(text.en)"])
        }
        let checkpoint = signed.checkpoint
        guard let signer = trust.signer(of: signed) else {
            throw fails(AuditFault.checkpointSignature(number: checkpoint.number).text)
        }
        let stamp = trust.stampTime(of: signed)
        // No later checkpoint is here to vouch for it.
        guard signer.covers(stamp) else {
            throw fails(AuditFault.checkpointKeyEnded(number: checkpoint.number).text)
        }
        guard trust.stampHolds(stamp, for: checkpoint) else {
            throw fails(AuditFault.checkpointToken(number: checkpoint.number).text)
        }
        for event in events {
            guard
                MerkleProof.includes(
                    leafHash: MerkleHash.leaf(event.line), leaf: event.leaf, size: checkpoint.size, path: event.path,
                    root: checkpoint.root)
            else {
                throw fails(
                    LocalisedText(zh: "第\(event.leaf)条事件不在其中", en: "event \(event.leaf) is not in the log"))
            }
        }
        if let held, !continues(held) { throw fails(AuditFault.heldCheckpoint(number: held.number).text) }
        let read = events.compactMap { try? CanonicalJSON(parsingCanonical: $0.line, limit: AuditLog.lineLimit) }
        for opening in openings where !read.contains(where: opening.opens) {
            throw fails(AuditFault.personal(event: opening.event.shown, name: opening.name).text)
        }
    }

    /// Whether the checkpoint is the held one, or shown to continue it.
    private func continues(_ held: Checkpoint) -> Bool {
        let checkpoint = signed.checkpoint
        if held.body == checkpoint.body { return true }
        guard let continuation, continuation.held.body == held.body, held.origin == checkpoint.origin else {
            return false
        }
        return MerkleProof.isConsistent(
            old: held.size, oldRoot: held.root, size: checkpoint.size, root: checkpoint.root,
            proof: continuation.path)
    }

    static func json(_ path: [[UInt8]]) -> CanonicalJSON { .array(path.map { .string(Hex.encode($0)) }) }

    static func path(_ json: CanonicalJSON?) -> [[UInt8]]? {
        guard let steps = json?.array, steps.count <= 128 else { return nil }
        // One way to write each: capital digits are another file.
        let path = steps.compactMap { step in
            step.string.flatMap { text in Hex.decode(text).flatMap { Hex.encode($0) == text ? $0 : nil } }
        }
        return path.count == steps.count && path.allSatisfy { $0.count == 32 } ? path : nil
    }
}

extension AuditLog {
    /// A proof of these events under the newest checkpoint, from the one that somebody holds.
    ///
    /// - Throws: `audit.unknown-event`; `audit.proof-range` while no checkpoint covers an event; `audit.tampered` where
    ///   the held checkpoint is none of this log's.
    package func proof(
        of identifiers: [AuditEventIdentifier], held: Checkpoint? = nil, openings: [PersonalOpening] = [],
        in transaction: any ReadTransaction
    ) throws -> AuditProof {
        guard let newest = try CheckpointStore.newest(in: transaction) else {
            throw Refusal(AuditRefusal.proofRange, facts: ["size": "0"])
        }
        let prover = AuditTree.prover(in: transaction)
        let size = newest.checkpoint.size
        var events: [AuditProof.Event] = []
        for identifier in identifiers {
            guard let row = try transaction.first("SELECT line, leaf FROM audit_event WHERE id = $1", identifier) else {
                throw Refusal(AuditRefusal.unknownEvent, detail: identifier.shown)
            }
            guard let leaf = try row.optionalInteger("leaf").map(Int.init), leaf < size else {
                throw Refusal(AuditRefusal.proofRange, facts: ["size": "\(size)"])
            }
            events.append(
                .init(line: try row.blob("line"), leaf: leaf, path: try prover.inclusion(of: leaf, size: size)))
        }
        var continuation: AuditProof.Continuation?
        if let held, held.body != newest.checkpoint.body {
            guard held.size < size,
                try CheckpointStore.checkpoint(number: held.number, in: transaction)?.checkpoint.body == held.body
            else {
                let fault =
                    held.size > size
                    ? AuditFault.truncated(leaf: size, covered: held.size) : .heldCheckpoint(number: held.number)
                throw Refusal(
                    AuditRefusal.tampered, detail: fault.text.en,
                    facts: ["fault": "\(fault.text.zh) / \(fault.text.en)"])
            }
            continuation = .init(held: held, path: try prover.consistency(from: held.size, to: size))
        }
        return AuditProof(events: events, signed: newest, continuation: continuation, openings: openings)
    }

    /// The event that has this leaf.
    package func event(
        at leaf: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> AuditEventIdentifier {
        guard let row = try transaction.first("SELECT id FROM audit_event WHERE leaf = $1", leaf) else {
            throw Refusal(AuditRefusal.unknownEvent, detail: "leaf \(leaf)")
        }
        return try row.identifier("id")
    }
}
