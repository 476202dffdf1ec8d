/// Events and stored leaf hashes side by side, leaf after leaf, held against signed roots as they come by.
///
/// What it keeps is two right edges of trees (RFC 6962) and the few differences that may have to be told, whatever the
/// number of leaves.
struct LeafComparison {
    /// Where the two differ, and what stands after: it tells an event that was taken away from one that was put in.
    private struct Difference {
        let event: [UInt8]?
        let stored: [UInt8]?
        var nextEvent: [UInt8]?
        var nextStored: [UInt8]?
    }

    private struct Bad {
        let checkpoint: Checkpoint
        let good: Int
        let isTrusted: Bool
        let difference: Int?
    }

    /// How many leaves were taken in, of either.
    private(set) var position = 0
    /// How many events there are, and how many stored hashes.
    private(set) var events = 0
    private(set) var stored = 0
    private var eventTree = MerkleFrontier()
    private var storedTree = MerkleFrontier()

    private var differences: [Int: Difference] = [:]
    /// The first difference of all, and the first after the last good root.
    private var first: Int?
    private var since: Int?
    private var good = 0
    private var bad: Bad?

    /// The next leaf.
    /// - Parameters:
    ///   - event: the event's hash; `nil` after the last.
    ///   - stored: the stored hash, an inner `nil` for a line that is none; `nil` after the last.
    mutating func take(event: [UInt8]?, stored line: [UInt8]??) {
        let leaf = position
        position += 1
        differences[leaf - 1]?.nextEvent = event
        differences[leaf - 1]?.nextStored = line ?? nil
        if let event {
            eventTree.append(leafHash: event)
            events += 1
        }
        guard let hash = line else { return }
        storedTree.append(leafHash: hash ?? MerkleHash.empty)
        stored += 1
        guard event == nil || event != hash, first == nil || since == nil else { return }
        differences[leaf] = Difference(event: event, stored: hash)
        if first == nil { first = leaf }
        if since == nil { since = leaf }
    }

    /// The root of the events, if there are so many at this place.
    func root(size: Int) -> [UInt8]? { size == position && size == events ? eventTree.root : nil }

    /// A checkpoint of as many leaves as were taken in, or, at the end, of more.
    mutating func meet(_ checkpoint: Checkpoint) {
        guard bad == nil else { return }
        if root(size: checkpoint.size) == checkpoint.root {
            good = max(good, checkpoint.size)
            if let leaf = since, leaf != first { differences[leaf] = nil }
            since = nil
        } else {
            // The stored hashes may themselves be trusted where they lead to the signed root.
            let isTrusted = checkpoint.size == stored && storedTree.root == checkpoint.root
            bad = Bad(checkpoint: checkpoint, good: good, isTrusted: isTrusted, difference: since)
        }
    }

    /// - Parameter malformed: events that are none, in order.
    func faults(malformed: [Int]) -> [AuditFault] {
        var faults: [AuditFault] = []
        if let bad {
            let size = bad.checkpoint.size
            if let leaf = bad.difference {
                faults.append(fault(at: leaf, isTrusted: bad.isTrusted, end: size))
            } else if events < size {
                faults.append(.truncated(leaf: events, covered: size))
            } else {
                faults.append(
                    .rewritten(checkpoint: bad.checkpoint.number, leaves: bad.good..<max(bad.good + 1, size)))
            }
        }
        let known = Set(faults.compactMap(\.leaf))
        faults += malformed.filter { !known.contains($0) }.prefix(20).map { .event(leaf: $0) }
        // After the newest checkpoint nobody has signed anything; the stored hashes still tell a careless hand.
        if faults.isEmpty, let leaf = since {
            faults.append(fault(at: leaf, isTrusted: true, end: max(good, stored)))
        }
        if faults.isEmpty, events > stored { faults.append(.extraEvent(leaf: stored)) }
        if faults.isEmpty, let leaf = first, leaf < good { faults.append(.leafHash(leaf: leaf)) }
        return faults
    }

    private func fault(at leaf: Int, isTrusted: Bool, end: Int) -> AuditFault {
        guard leaf < events, let difference = differences[leaf] else { return .truncated(leaf: leaf, covered: end) }
        guard isTrusted else { return .event(leaf: leaf) }
        if leaf + 1 < stored, difference.event == difference.nextStored, events < stored {
            return .missingEvent(leaf: leaf)
        }
        if leaf + 1 < events, difference.nextEvent == difference.stored, events > stored {
            return .extraEvent(leaf: leaf)
        }
        return .event(leaf: leaf)
    }
}
