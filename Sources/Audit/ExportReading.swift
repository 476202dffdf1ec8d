internal import Foundation
internal import Groundwork

/// One pass over an export's events, stored leaf hashes and checkpoints, side by side: a checkpoint is met when as many
/// leaves as it promises were read.
struct ExportReading {
    private let held: [Checkpoint]
    /// The checkpoints' numbers that the counter-signatures name.
    private let countersignedNumbers: Set<Int>
    /// The leaves that proofs are about.
    private let wanted: Set<Int>
    private var chain: CheckpointChain
    private var names: RepeatedNames
    private var pending: SignedCheckpoint?

    private(set) var comparison = LeafComparison()
    private(set) var chainFaults: [AuditFault] = []
    private(set) var checkpoints = 0
    private(set) var tokens = 0
    var stampedWithin: Int64 { chain.widest }
    private(set) var newest: Checkpoint?
    private(set) var countersigned: [Checkpoint] = []
    /// Of the wanted leaves' events.
    private(set) var hashes: [Int: [UInt8]] = [:]
    private(set) var recorded: RecordedCountersignatures
    private(set) var personal = PersonalRecord()
    private var nameless: [Int] = []
    private var listed: Set<[UInt8]> = []
    private var heldRoots: [Int: [UInt8]] = [:]

    /// How many faults of one kind are kept.
    private static let enough = 1000
    /// No checkpoint's line is longer.
    static let checkpointLimit = 1 << 20

    /// - Parameter words: the export's counter-signatures.
    init(trust: AuditTrust, held: [Checkpoint], words: [[UInt8]], wanted: Set<Int>, expected: Int) {
        chain = CheckpointChain(trust: trust)
        self.held = held
        countersignedNumbers = Set(words.compactMap { Countersignature(line: $0)?.number })
        recorded = RecordedCountersignatures(of: words)
        self.wanted = wanted
        names = RepeatedNames(expected: expected)
    }

    /// About how many events there are: each stored hash takes 65 bytes.
    static func expected(in directory: String) -> Int {
        let facts = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(AuditExport.leaves)")
        return (facts?[.size] as? Int ?? 0) / 65
    }

    mutating func read(_ directory: String) throws(Refusal) {
        let events = try LineReader("\(directory)/\(AuditExport.events)", limit: AuditLog.lineLimit)
        let leaves = try LineReader("\(directory)/\(AuditExport.leaves)", limit: 64)
        let lines = try LineReader("\(directory)/\(AuditExport.checkpoints)", limit: Self.checkpointLimit)
        try advance(lines)
        while true {
            let (event, leaf) = (try events.next(), try leaves.next())
            if event == nil, leaf == nil { break }
            let position = comparison.position
            let hash = event.map { MerkleHash.leaf($0) }
            comparison.take(event: hash, stored: leaf.map(Self.hash))
            if let event { note(event, hash, at: position) }
            for promise in held where promise.size == comparison.position {
                heldRoots[promise.size] = comparison.root(size: promise.size)
            }
            while let signed = pending, signed.checkpoint.size <= comparison.position {
                // A smaller one stands where it does not belong, which its chain tells.
                if signed.checkpoint.size == comparison.position { comparison.meet(signed.checkpoint) }
                try advance(lines)
            }
        }
        while let signed = pending {
            comparison.meet(signed.checkpoint)
            try advance(lines)
        }
    }

    /// The next checkpoint that can be read.
    private mutating func advance(_ lines: LineReader) throws(Refusal) {
        pending = nil
        while pending == nil, let line = try lines.next() {
            let signed = SignedCheckpoint(line: line)
            let faults = chain.faults(of: signed)
            if chainFaults.count < Self.enough { chainFaults += faults }
            guard let signed else { continue }
            pending = signed
            checkpoints += 1
            if signed.token != nil { tokens += 1 }
            newest = signed.checkpoint
            if held.contains(where: { $0.body == signed.checkpoint.body }) { listed.insert(signed.checkpoint.body) }
            if countersignedNumbers.contains(signed.checkpoint.number), countersigned.count < countersignedNumbers.count
            {
                countersigned.append(signed.checkpoint)
            }
        }
    }

    private static func hash(_ line: [UInt8]) -> [UInt8]? {
        Hex.decode(String(decoding: line, as: UTF8.self)).flatMap { $0.count == 32 ? $0 : nil }
    }

    private mutating func note(_ line: [UInt8], _ hash: [UInt8]?, at position: Int) {
        if wanted.contains(position) { hashes[position] = hash }
        let json = try? CanonicalJSON(parsingCanonical: line)
        if let json {
            personal.note(json, at: position)
            recorded.note(json, at: position)
        }
        if let name = json?["id"]?.string {
            names.note(name)
        } else if nameless.count < Self.enough {
            nameless.append(position)
        }
    }

    /// Events without a name, or with one that stood before.
    mutating func malformed(_ directory: String) throws(Refusal) -> [Int] {
        guard names.areSuspected else { return nameless }
        var repeated: [Int] = []
        let events = try LineReader("\(directory)/\(AuditExport.events)", limit: AuditLog.lineLimit)
        var position = 0
        while repeated.count < Self.enough, let line = try events.next() {
            if let name = (try? CanonicalJSON(parsingCanonical: line))?["id"]?.string, names.isRepeated(name) {
                repeated.append(position)
            }
            position += 1
        }
        return (nameless + repeated).sorted()
    }

    /// What is wrong with the checkpoints once all were met.
    var endFaults: [AuditFault] { chain.endFaults }

    var heldFaults: [AuditFault] {
        held.flatMap { held -> [AuditFault] in
            if comparison.events < held.size { return [.truncated(leaf: comparison.events, covered: held.size)] }
            let isRight = listed.contains(held.body) && heldRoots[held.size] == held.root
            return isRight ? [] : [.heldCheckpoint(number: held.number)]
        }
    }
}
