internal import Cryptography
package import Groundwork
package import Storage

/// The audit: one append-only Merkle log (RFC 6962) over lines of canonical JSON, in the store of the acts themselves.
///
/// An act and its event are one transaction. The place in the tree comes at the end of the group, by ``sequencer``,
/// which belongs into `Database.open(…, beforeCommit:)`.
package struct AuditLog: Sendable {
    /// The longest line.
    package static let lineLimit = 64 << 10

    let surroundings: Surroundings

    package init(surroundings: Surroundings) { self.surroundings = surroundings }

    /// Stores the event in the act's own transaction, not yet in the tree. When it throws, so must the act.
    @discardableResult
    package func record(_ event: AuditEvent, in transaction: any Transaction) throws(Refusal) -> AuditEventIdentifier {
        let identifier = AuditEventIdentifier(in: surroundings)
        var commitments: [String: PersonalCommitment] = [:]
        for (name, datum) in event.personal { commitments[name] = PersonalCommitment(datum, in: surroundings) }
        let line = event.line(identifier: identifier, at: surroundings.now(), commitments: commitments)
        guard line.count <= AuditLog.lineLimit else {
            throw Refusal(AuditRefusal.eventTooLarge, detail: "\(event.act): \(line.count) bytes")
        }
        // What no reader would accept (an integer beyond 2⁵³, nesting without end) must not enter.
        do {
            _ = try CanonicalJSON(parsingCanonical: line, limit: AuditLog.lineLimit)
        } catch {
            throw Refusal(AuditRefusal.malformedEvent, detail: "\(event.act): \(error)")
        }
        try transaction.execute("INSERT INTO audit_event (id, line) VALUES ($1, $2)", identifier, line)
        for (name, commitment) in commitments {
            try transaction.execute(
                "INSERT INTO audit_personal (event, name, salt, datum, subject) VALUES ($1, $2, $3, $4, $5)",
                identifier, name, commitment.salt, commitment.datum, event.subject)
        }
        return identifier
    }

    /// Gives leaf numbers to the events of this group: the hook of `Database.open`.
    package var sequencer: GroupHook { { transaction in try sequence(in: transaction) } }

    /// Appends every event that has no place yet, in the order of arrival.
    ///
    /// The tree's right edge is read from its stored nodes, at most one for each level: the cost does not depend on how
    /// many leaves there are.
    package func sequence(in transaction: any Transaction) throws(Refusal) {
        let arrivals = try transaction.query(
            "SELECT arrival, line FROM audit_event WHERE leaf IS NULL ORDER BY arrival")
        guard !arrivals.isEmpty else { return }
        var frontier = try frontier(in: transaction)
        for arrival in arrivals {
            try transaction.execute(
                "UPDATE audit_event SET leaf = $1 WHERE arrival = $2", frontier.size, try arrival.integer("arrival"))
            for (place, hash) in frontier.append(leafHash: MerkleHash.leaf(try arrival.blob("line"))) {
                try transaction.execute(
                    "INSERT INTO audit_node (level, position, hash) VALUES ($1, $2, $3)", place.level, place.position,
                    hash)
            }
        }
        try transaction.execute("UPDATE audit_tree SET size = $1 WHERE id = 1", frontier.size)
    }

    /// The right edge of the tree; the first time, the tree itself, with an origin that no other log has.
    private func frontier(in transaction: any Transaction) throws(Refusal) -> MerkleFrontier {
        guard let head = try AuditTree.head(in: transaction) else {
            let origin = "yizhengtong-audit-\(Hex.encode(surroundings.randomBytes(16)))"
            try transaction.execute("INSERT INTO audit_tree (id, origin, size) VALUES (1, $1, 0)", origin)
            return MerkleFrontier()
        }
        var peaks: [[UInt8]] = []
        for place in MerkleFrontier.places(size: head.size) {
            peaks.append(try AuditTree.node(place, in: transaction))
        }
        guard let frontier = MerkleFrontier(size: head.size, peaks: peaks) else {
            throw Refusal(AuditRefusal.treeDamaged, detail: "size \(head.size)")
        }
        return frontier
    }
}

/// The stored tree.
enum AuditTree {
    struct Head: Hashable, Sendable {
        let origin: String
        let size: Int
    }

    /// `nil` before the first event.
    static func head(in transaction: any ReadTransaction) throws(Refusal) -> Head? {
        guard let row = try transaction.first("SELECT origin, size FROM audit_tree WHERE id = 1") else { return nil }
        return Head(origin: try row.text("origin"), size: Int(try row.integer("size")))
    }

    static func node(_ place: MerklePosition, in transaction: any ReadTransaction) throws(Refusal) -> [UInt8] {
        guard
            let row = try transaction.first(
                "SELECT hash FROM audit_node WHERE level = $1 AND position = $2", place.level, place.position)
        else {
            throw Refusal(AuditRefusal.treeDamaged, detail: "no node \(place.level)/\(place.position)")
        }
        return try row.blob("hash")
    }

    /// The same where a missing node is something to report.
    static func storedNode(_ place: MerklePosition, in transaction: any ReadTransaction) throws(Refusal) -> [UInt8]? {
        try transaction.first(
            "SELECT hash FROM audit_node WHERE level = $1 AND position = $2", place.level, place.position
        )?.blob("hash")
    }

    /// The tree's right edge when it had `size` leaves; `nil` if a node of it is missing.
    static func frontier(at size: Int, in transaction: any ReadTransaction) throws(Refusal) -> MerkleFrontier? {
        var peaks: [[UInt8]] = []
        for place in MerkleFrontier.places(size: size) {
            guard let hash = try storedNode(place, in: transaction) else { return nil }
            peaks.append(hash)
        }
        return MerkleFrontier(size: size, peaks: peaks)
    }

    static func prover(in transaction: any ReadTransaction) -> MerkleProver {
        MerkleProver { place in try node(place, in: transaction) }
    }
}
