internal import Groundwork

/// The proofs of an export, each against the checkpoints that it lies between or under.
struct ExportedProofs {
    let directory: String

    /// The leaves of so many inclusion proofs are looked up in one pass over the events.
    private static let window = 1 << 16
    private static let enough = 20

    private func lines() throws(Refusal) -> LineReader {
        try LineReader("\(directory)/\(AuditExport.proofs)", limit: 1 << 16)
    }

    /// The leaves that the inclusion proofs of one window are about.
    func leaves(window: Int) throws(Refusal) -> Set<Int> {
        var (leaves, number): (Set<Int>, Int) = ([], 0)
        let lines = try lines()
        while let line = try lines.next() {
            guard case .inclusion(let leaf, _, _) = AuditExportedProof(line: line) else { continue }
            if number / Self.window == window { leaves.insert(leaf) }
            if number / Self.window > window { break }
            number += 1
        }
        return leaves
    }

    /// - Parameters:
    ///   - hashes: of the events that the first window's proofs are about.
    ///   - newest: the newest checkpoint.
    func faults(hashes first: [Int: [UInt8]], newest: Checkpoint?) throws(Refusal) -> [AuditFault] {
        var faults: [AuditFault] = []
        var roots = try CheckpointRoots(directory: directory, newest: newest)
        var hashes = first
        var (index, number) = (0, 0)
        let lines = try lines()
        while faults.count < Self.enough, let line = try lines.next() {
            let holds: Bool
            switch AuditExportedProof(line: line) {
            case .consistency(let from, let to, let path):
                if let old = try roots.root(size: from), let new = try roots.root(size: to) {
                    holds = MerkleProof.isConsistent(old: from, oldRoot: old, size: to, root: new, proof: path)
                } else {
                    holds = false
                }
            case .inclusion(let leaf, let size, let path):
                if number > 0, number % Self.window == 0 { hashes = try self.hashes(window: number / Self.window) }
                number += 1
                if let hash = hashes[leaf], let root = try roots.root(size: size) {
                    holds = MerkleProof.includes(leafHash: hash, leaf: leaf, size: size, path: path, root: root)
                } else {
                    holds = false
                }
            case nil: holds = false
            }
            if !holds { faults.append(.proof(line: index)) }
            index += 1
        }
        return faults
    }

    private func hashes(window: Int) throws(Refusal) -> [Int: [UInt8]] {
        let wanted = try leaves(window: window)
        var (hashes, position): ([Int: [UInt8]], Int) = ([:], 0)
        let events = try LineReader("\(directory)/\(AuditExport.events)", limit: AuditLog.lineLimit)
        while hashes.count < wanted.count, let line = try events.next() {
            if wanted.contains(position) { hashes[position] = MerkleHash.leaf(line) }
            position += 1
        }
        return hashes
    }
}

/// The checkpoints' roots by size, asked for in the order in which an export writes its proofs: from the smallest on,
/// and at any time that of the newest.
private struct CheckpointRoots {
    private let newest: Checkpoint?
    private let lines: LineReader
    /// The last two that were read.
    private var window: [Checkpoint] = []

    init(directory: String, newest: Checkpoint?) throws(Refusal) {
        self.newest = newest
        lines = try LineReader("\(directory)/\(AuditExport.checkpoints)", limit: ExportReading.checkpointLimit)
    }

    mutating func root(size: Int) throws(Refusal) -> [UInt8]? {
        if let newest, newest.size == size { return newest.root }
        while window.last.map({ $0.size < size }) ?? true, let line = try lines.next() {
            guard let checkpoint = SignedCheckpoint(line: line)?.checkpoint else { continue }
            window = window.suffix(1) + [checkpoint]
        }
        return window.first { $0.size == size }?.root
    }
}
