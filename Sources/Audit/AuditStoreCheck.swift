package import Groundwork
package import Storage

/// The whole stored log against itself: every event, every node of the tree, every checkpoint, counter-signature and
/// personal datum. Whoever edited a table by hand shows here.
///
/// What was rewritten throughout with the audit's own key shows only against a held checkpoint.
package struct AuditStoreCheck {
    private let trust: AuditTrust
    private let held: [Checkpoint]
    private let transaction: any ReadTransaction

    package init(trust: AuditTrust, held: [Checkpoint] = [], transaction: any ReadTransaction) {
        self.trust = trust
        self.held = held
        self.transaction = transaction
    }

    /// How many faults of one kind are told.
    private static let enough = 20

    package func verdict() throws(Refusal) -> AuditVerdict {
        let size = try AuditTree.head(in: transaction)?.size ?? 0
        let words = try CountersignatureStore.lines(in: transaction)
        var walk: StoredCheckpoints? = StoredCheckpoints(
            trust: trust, held: held, countersigned: Set(words.compactMap { Countersignature(line: $0)?.number }))
        try walk?.advance(in: transaction)
        var reading = Reading(recorded: RecordedCountersignatures(of: words))
        for from in stride(from: 0, to: size, by: AuditHeadCheck.piece) {
            try read(from..<min(size, from + AuditHeadCheck.piece), into: &reading, against: &walk)
        }
        while let checkpoint = walk?.pending {
            reading.meet(checkpoint)
            try walk?.advance(in: transaction)
        }
        guard let stored = walk else { throw Refusal(AuditRefusal.treeDamaged, detail: "no checkpoints were read") }
        let covered = min(size, stored.newest?.size ?? 0)
        var faults = stored.damaged + reading.rootFaults
        faults += reading.faults.prefix(Self.enough)
        faults += try edgeFaults(size: size, covered: stored.newest?.size ?? 0)
        faults += stored.chainFaults + stored.endFaults
        faults += held.flatMap { held -> [AuditFault] in
            if size < held.size { return [.truncated(leaf: size, covered: held.size)] }
            let isRight = stored.listed.contains(held.body) && reading.heldRoots[held.size] == held.root
            return isRight ? [] : [.heldCheckpoint(number: held.number)]
        }
        let countersigned = CountersignatureCheck(
            lines: words, recorded: reading.recorded, trust: trust, checkpoints: stored.countersigned, covered: covered)
        let entries = try PersonalEntry.all(in: transaction)
        faults += countersigned.faults + (try CountersignatureStore.columnFaults(in: transaction))
        faults += try personalFaults(reading, entries)
        var unique: [AuditFault] = []
        for fault in faults where !unique.contains(fault) { unique.append(fault) }
        return AuditVerdict(
            events: size, checkpoints: stored.count, covered: covered,
            stamped: trust.judgesTime ? stored.tokens : 0, stampedWithin: stored.stampedWithin,
            countersigned: countersigned.last?.checkpoint, countersignedAt: countersigned.last?.time,
            deletedPersonal: reading.personal.deleted(below: covered), faults: unique)
    }

    /// A slice of the log, for the check that goes round by itself: `nil` when it holds.
    ///
    /// The slice begins at a multiple of ``AuditHeadCheck/piece``; see ``sliceLength``.
    package func slice(from start: Int, to end: Int) throws(Refusal) -> [AuditFault] {
        var reading = Reading(recorded: RecordedCountersignatures(of: []))
        var none: StoredCheckpoints?
        for from in stride(from: start, to: end, by: AuditHeadCheck.piece) {
            try read(from..<min(end, from + AuditHeadCheck.piece), into: &reading, against: &none)
        }
        return Array(reading.faults.prefix(Self.enough))
    }

    /// What a slice's bounds are multiples of.
    package static var sliceLength: Int { AuditHeadCheck.piece }

    // MARK: Events and nodes

    private struct Reading {
        var events = MerkleFrontier()
        var stored = MerkleFrontier()
        var heldRoots: [Int: [UInt8]] = [:]
        var faults: [AuditFault] = []
        var rootFaults: [AuditFault] = []
        var arrival: Int64 = .min
        var recorded: RecordedCountersignatures
        var personal = PersonalRecord()
        /// The size of the last checkpoint whose root is right; `nil` after one whose root is not.
        private var good: Int? = 0

        init(recorded: RecordedCountersignatures) { self.recorded = recorded }

        /// Where an event and its stored hash differ, the signed root says which of the two was altered; where they
        /// agree and not with the root, both were.
        mutating func meet(_ checkpoint: Checkpoint) {
            guard let good else { return }
            let range = good..<max(good + 1, checkpoint.size)
            guard checkpoint.size == events.size, events.root == checkpoint.root else {
                let isNamed = faults.contains { $0.leaf.map(range.contains) ?? false }
                if !isNamed { rootFaults.append(.rewritten(checkpoint: checkpoint.number, leaves: range)) }
                self.good = nil
                return
            }
            faults = faults.map { fault in
                if case .event(let leaf) = fault, range.contains(leaf) { .leafHash(leaf: leaf) } else { fault }
            }
            self.good = checkpoint.size
        }
    }

    private func read(
        _ leaves: Range<Int>, into reading: inout Reading, against checkpoints: inout StoredCheckpoints?
    ) throws(Refusal) {
        let hasRoots = checkpoints != nil
        let events = try AuditRows.events(leaves, in: transaction)
        let nodes = try AuditNodes(under: leaves, in: transaction)
        for leaf in leaves {
            if leaf > leaves.lowerBound { try meet(leaf, &reading, &checkpoints) }
            let stored = nodes[MerklePosition(level: 0, position: leaf)]
            guard let event = events[leaf] else {
                reading.faults.append(.missingEvent(leaf: leaf))
                guard hasRoots else { continue }
                reading.events.append(leafHash: MerkleHash.empty)
                try completed(reading.stored.append(leafHash: stored ?? MerkleHash.empty), nodes, &reading)
                continue
            }
            let hash = MerkleHash.leaf(event.line)
            if stored != hash { reading.faults.append(.event(leaf: leaf)) }
            if event.arrival <= reading.arrival { reading.faults.append(.eventColumns(leaf: leaf)) }
            reading.arrival = event.arrival
            let json = try? CanonicalJSON(parsingCanonical: event.line, limit: AuditLog.lineLimit)
            if json?["id"]?.string != event.identifier.shown { reading.faults.append(.eventColumns(leaf: leaf)) }
            if let json { Self.note(json, at: leaf, in: &reading) }
            guard hasRoots else { continue }
            reading.events.append(leafHash: hash)
            try completed(reading.stored.append(leafHash: stored ?? MerkleHash.empty), nodes, &reading)
        }
        try meet(leaves.upperBound, &reading, &checkpoints)
        if !hasRoots { reading.faults += nodes.recomputed(over: leaves) }
    }

    /// Inner nodes that the stored leaves make, against the stored ones.
    private func completed(
        _ made: [(place: MerklePosition, hash: [UInt8])], _ nodes: AuditNodes, _ reading: inout Reading
    ) throws(Refusal) {
        for (place, hash) in made.dropFirst() where reading.faults.count < 1000 {
            let stored =
                place.level <= AuditNodes.levels
                ? nodes[place] : try AuditTree.storedNode(place, in: transaction)
            if stored != hash { reading.faults.append(.node(level: place.level, position: place.position)) }
        }
    }

    private static func note(_ json: CanonicalJSON, at leaf: Int, in reading: inout Reading) {
        reading.recorded.note(json, at: leaf)
        reading.personal.note(json, at: leaf)
    }

    /// Promises of exactly so many leaves.
    private func meet(
        _ size: Int, _ reading: inout Reading, _ checkpoints: inout StoredCheckpoints?
    ) throws(Refusal) {
        for promise in held where promise.size == size { reading.heldRoots[size] = reading.events.root }
        while let checkpoint = checkpoints?.pending, checkpoint.size <= size {
            // A smaller one stands where it does not belong, which its chain tells.
            if checkpoint.size == size { reading.meet(checkpoint) }
            try checkpoints?.advance(in: transaction)
        }
    }

    /// What lies beyond the tree's size, or in its table without belonging to it.
    private func edgeFaults(size: Int, covered: Int) throws(Refusal) -> [AuditFault] {
        var faults: [AuditFault] = []
        if size < covered { faults.append(.truncated(leaf: size, covered: covered)) }
        func count(_ sql: String) throws(Refusal) -> Int { Int(try transaction.first(sql)?.integer("n") ?? 0) }
        let outside = try count("SELECT COUNT(*) AS n FROM audit_event WHERE leaf IS NULL")
        if outside > 0 { faults.append(.unsequenced(count: outside)) }
        let beyond = try transaction.first("SELECT COUNT(*) AS n FROM audit_event WHERE leaf >= $1", size)
        if try beyond?.integer("n") ?? 0 > 0 { faults.append(.extraEvent(leaf: size)) }
        // Each leaf completes as many subtrees as its number's bits say: 2n − (bits set in n) nodes in all.
        let difference = try count("SELECT COUNT(*) AS n FROM audit_node") - (2 * size - size.nonzeroBitCount)
        if difference != 0 { faults.append(.nodeCount(difference: difference)) }
        return faults
    }

    /// Each kept datum opens its commitment, and each that is not kept was deleted by a recorded act.
    private func personalFaults(_ reading: Reading, _ entries: [PersonalEntry]) throws(Refusal) -> [AuditFault] {
        var kept: Set<PersonalRecord.Name> = []
        var faults: [AuditFault] = []
        for entry in entries {
            let name = PersonalRecord.Name(event: entry.event.shown, name: entry.name)
            let written = reading.personal.commitments[name]
            let opened = PersonalCommitment(salt: entry.salt, datum: entry.datum).commitment
            // By the subject's column it is found when somebody's data are to be forgotten.
            if written?.commitment != Hex.encode(opened) || written?.subject != entry.subject
                || reading.personal.forgotten[name] != nil
            {
                faults.append(.personal(event: name.event, name: name.name))
            }
            kept.insert(name)
        }
        for name in reading.personal.commitments.keys.sorted()
        where !kept.contains(name) && reading.personal.forgotten[name] == nil {
            faults.append(.personal(event: name.event, name: name.name))
        }
        return Array(faults.prefix(Self.enough))
    }
}

/// The stored nodes under a piece of leaves, read level by level.
private struct AuditNodes {
    /// Levels that a piece of leaves fills by itself.
    static let levels = AuditHeadCheck.piece.trailingZeroBitCount
    private var hashes: [MerklePosition: [UInt8]] = [:]

    init(under leaves: Range<Int>, in transaction: any ReadTransaction) throws(Refusal) {
        for level in 0...Self.levels {
            for row in try transaction.query(
                "SELECT position, hash FROM audit_node WHERE level = $1 AND position >= $2 AND position < $3", level,
                leaves.lowerBound >> level, leaves.upperBound >> level)
            {
                hashes[MerklePosition(level: level, position: Int(try row.integer("position")))] = try row.blob("hash")
            }
        }
    }

    subscript(place: MerklePosition) -> [UInt8]? { hashes[place] }

    /// Each inner node of the piece against its two halves.
    func recomputed(over leaves: Range<Int>) -> [AuditFault] {
        var faults: [AuditFault] = []
        for level in 1...Self.levels {
            for position in (leaves.lowerBound >> level)..<(leaves.upperBound >> level) {
                guard let left = hashes[MerklePosition(level: level - 1, position: 2 * position)],
                    let right = hashes[MerklePosition(level: level - 1, position: 2 * position + 1)],
                    hashes[MerklePosition(level: level, position: position)] == MerkleHash.node(left, right)
                else {
                    faults.append(.node(level: level, position: position))
                    continue
                }
            }
        }
        return faults
    }
}
