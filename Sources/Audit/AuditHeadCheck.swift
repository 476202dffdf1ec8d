package import Groundwork
package import Storage

/// Whether the end of the stored log still follows from its last checkpoint: done before each new checkpoint, at
/// start-up and by `yzt doctor`. It costs what happened since that checkpoint, not what the log holds.
package struct AuditHeadCheck {
    /// Leaves that are read at once.
    static let piece = 4096

    private let trust: AuditTrust
    private let held: Checkpoint?
    private let transaction: any ReadTransaction

    /// - Parameter held: a checkpoint kept outside the store; a store set back behind it is found.
    package init(trust: AuditTrust, held: Checkpoint?, transaction: any ReadTransaction) {
        self.trust = trust
        self.held = held
        self.transaction = transaction
    }

    /// Empty when everything holds; otherwise the first thing that does not.
    package func faults() throws(Refusal) -> [AuditFault] {
        let newest: SignedCheckpoint?
        do { newest = try CheckpointStore.newest(in: transaction) } catch {
            guard error.isBecause(AuditRefusal.treeDamaged) else { throw error }
            return [.checkpointForm(line: 0)]
        }
        if let fault = try heldFault(newest?.checkpoint) { return [fault] }
        if let newest, let fault = try checkpointFault(newest) { return [fault] }
        let outside = try transaction.first("SELECT COUNT(*) AS n FROM audit_event WHERE leaf IS NULL")
        if let count = try outside?.integer("n"), count > 0 { return [.unsequenced(count: Int(count))] }
        let (start, size) = (newest?.checkpoint.size ?? 0, try AuditTree.head(in: transaction)?.size ?? 0)
        if size < start { return [.truncated(leaf: size, covered: start)] }
        let last = try transaction.first("SELECT MAX(leaf) AS leaf FROM audit_event")?.optionalInteger("leaf")
        let events = last.map { Int($0) + 1 } ?? 0
        if events < size { return [.truncated(leaf: events, covered: size)] }
        if events > size { return [.extraEvent(leaf: size)] }
        return try tailFaults(from: start, to: size)
    }

    private func heldFault(_ newest: Checkpoint?) throws(Refusal) -> AuditFault? {
        guard let held else { return nil }
        guard let newest, newest.number >= held.number else {
            return .truncated(leaf: newest?.size ?? 0, covered: held.size)
        }
        let stored = try transaction.first("SELECT body FROM audit_checkpoint WHERE number = $1", held.number)
        return try stored?.blob("body") == held.body ? nil : .heldCheckpoint(number: held.number)
    }

    /// Its signature and time stamp, the link to the one before, and that the stored tree leads to its root.
    private func checkpointFault(_ signed: SignedCheckpoint) throws(Refusal) -> AuditFault? {
        let checkpoint = signed.checkpoint
        guard trust.signed(signed) else { return .checkpointSignature(number: checkpoint.number) }
        guard trust.stampHolds(trust.stampTime(of: signed), for: checkpoint) else {
            return .checkpointToken(number: checkpoint.number)
        }
        let before = try transaction.first(
            "SELECT body, size FROM audit_checkpoint WHERE number = $1", checkpoint.number - 1)
        let body = try before?.blob("body")
        let head = try AuditTree.head(in: transaction)
        guard checkpoint.previous == body.map({ Checkpoint.hash(of: $0) }), body != nil || checkpoint.number == 0,
            head?.origin == checkpoint.origin
        else { return .checkpointChain(number: checkpoint.number) }
        guard let head, head.size >= checkpoint.size else {
            return .truncated(leaf: head?.size ?? 0, covered: checkpoint.size)
        }
        guard try AuditTree.frontier(at: checkpoint.size, in: transaction)?.root == checkpoint.root else {
            let start = try before.map { row throws(Refusal) in Int(try row.integer("size")) } ?? 0
            return .rewritten(
                checkpoint: checkpoint.number, leaves: start..<max(start + 1, checkpoint.size))
        }
        return nil
    }

    /// Each event since the checkpoint against its leaf, and the tree's right edge against all of them.
    private func tailFaults(from start: Int, to size: Int) throws(Refusal) -> [AuditFault] {
        guard start < size else { return [] }
        guard var frontier = try AuditTree.frontier(at: start, in: transaction) else {
            return [.node(level: 0, position: start)]
        }
        for from in stride(from: start, to: size, by: Self.piece) {
            let to = min(size, from + Self.piece)
            let lines = try AuditRows.events(from..<to, in: transaction)
            for leaf in from..<to {
                guard let event = lines[leaf] else { return [.missingEvent(leaf: leaf)] }
                guard event.isWhole else { return [.eventColumns(leaf: leaf)] }
                let hash = MerkleHash.leaf(event.line)
                guard try AuditTree.storedNode(MerklePosition(level: 0, position: leaf), in: transaction) == hash else {
                    return [.event(leaf: leaf)]
                }
                frontier.append(leafHash: hash)
            }
        }
        guard try AuditTree.frontier(at: size, in: transaction) == frontier else {
            return [.node(level: 0, position: size - 1)]
        }
        return []
    }
}

/// Stored events, as a check reads them.
struct AuditRows {
    let arrival: Int64
    let identifier: AuditEventIdentifier
    let line: [UInt8]

    /// Whether the column says the name that the line says.
    var isWhole: Bool {
        (try? CanonicalJSON(parsingCanonical: line, limit: AuditLog.lineLimit))?["id"]?.string == identifier.shown
    }

    /// By leaf.
    static func events(
        _ leaves: Range<Int>, in transaction: any ReadTransaction
    ) throws(Refusal) -> [Int: AuditRows] {
        var found: [Int: AuditRows] = [:]
        for row in try transaction.query(
            "SELECT leaf, arrival, id, line FROM audit_event WHERE leaf >= $1 AND leaf < $2", leaves.lowerBound,
            leaves.upperBound)
        {
            found[Int(try row.integer("leaf"))] = AuditRows(
                arrival: try row.integer("arrival"), identifier: try row.identifier("id"), line: try row.blob("line"))
        }
        return found
    }
}
