import Foundation
import Groundwork

@testable import Audit

/// What somebody brings who wants to know whether a log is whole.
enum AuditTargets {
    static let trust = AuditTrust(
        keys: AuthorityTargets.key.map { [$0] } ?? [], stampTime: { Instant(seconds: Int64($0.count - $1.count)) })
    /// The files of an export in one input, one after another.
    static let separator: UInt8 = 0xFF
    static let files = [
        AuditExport.events, AuditExport.leaves, AuditExport.checkpoints, AuditExport.proofs,
        AuditExport.countersignatures, AuditExport.personal,
    ]

    static func proof(_ bytes: [UInt8]) {
        guard let proof = try? AuditProof(bytes: bytes) else { return }
        let again = try? AuditProof(bytes: proof.bytes)
        precondition(again == proof, "a proof that is read differently")
        _ = try? proof.verify(trust: trust, held: proof.continuation?.held)
        let size = proof.signed.checkpoint.size
        for event in proof.events {
            _ = MerkleProof.includes(
                leafHash: MerkleHash.leaf(event.line), leaf: event.leaf, size: size, path: event.path,
                root: proof.signed.checkpoint.root)
            let line = try? CanonicalJSON(parsingCanonical: event.line)
            for opening in proof.openings { _ = line.map(opening.opens) }
        }
        guard let continuation = proof.continuation else { return }
        _ = MerkleProof.isConsistent(
            old: continuation.held.size, oldRoot: continuation.held.root, size: size,
            root: proof.signed.checkpoint.root, proof: continuation.path)
        _ = try? AuditEvidence(json: CanonicalJSON(parsing: bytes))
    }

    /// `[leaf or old: 8 bytes] [size: 8 bytes] [path: 32 bytes each]`, and what our own prover says of a small tree.
    static func merkle(_ bytes: [UInt8]) {
        func number(_ part: ArraySlice<UInt8>) -> Int { part.reduce(0) { $0 << 8 | Int($1) } }
        guard bytes.count >= 16 else { return }
        let (first, second) = (number(bytes[0..<8]), number(bytes[8..<16]))
        let path = stride(from: 16, to: bytes.count - 31, by: 32).map { Array(bytes[$0..<$0 + 32]) }
        let root = path.last ?? []
        _ = MerkleProof.includes(leafHash: root, leaf: first, size: second, path: path, root: root)
        _ = MerkleProof.isConsistent(old: first, oldRoot: root, size: second, root: root, proof: path)
        _ = MerkleFrontier(size: first, peaks: path)?.root
        _ = MerkleFrontier.places(size: first & .max)
        _ = AuditExportedProof(line: bytes)
        tree(leaves: Int(bytes[1]) % 65, leaf: Int(bytes[2]) % 65, old: Int(bytes[3]) % 65)
    }

    private static func tree(leaves: Int, leaf: Int, old: Int) {
        var nodes: [MerklePosition: [UInt8]] = [:]
        var frontier = MerkleFrontier()
        var roots = [frontier.root]
        for index in 0..<leaves {
            for (place, hash) in frontier.append(leafHash: MerkleHash.leaf([UInt8(index)])) { nodes[place] = hash }
            roots.append(frontier.root)
        }
        let prover = MerkleProver { nodes[$0] ?? [] }
        guard leaf < leaves, old > 0, old <= leaves, let path = try? prover.inclusion(of: leaf, size: leaves),
            let proof = try? prover.consistency(from: old, to: leaves)
        else { return }
        let isIn = MerkleProof.includes(
            leafHash: MerkleHash.leaf([UInt8(leaf)]), leaf: leaf, size: leaves, path: path, root: roots[leaves])
        let follows = MerkleProof.isConsistent(
            old: old, oldRoot: roots[old], size: leaves, root: roots[leaves], proof: proof)
        precondition(isIn && follows, "a proof of ours that does not hold")
    }

    static func checkpoints(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { SignedCheckpoint(line: Array($0)) }
        _ = CheckpointChain.faults(lines, trust: trust).map(\.text)
        for signed in lines.compactMap({ $0 }) {
            precondition(Checkpoint(body: signed.checkpoint.body) == signed.checkpoint, "another checkpoint")
        }
        _ = try? HeldCheckpointFile(path: FuzzScratch.file(bytes, "held")).read()
    }

    /// What is read is written in the same way, but for the width of the lines.
    static func keys(_ bytes: [UInt8]) {
        guard let keys = try? CheckpointKey.keys(in: bytes) else { return }
        let written = keys.map(\.text).joined()
        precondition((try? CheckpointKey.keys(in: Array(written.utf8))) == keys, "keys that are read differently")
        let ends = String(decoding: bytes, as: UTF8.self).split(separator: "\n").filter { $0.hasPrefix("Ended:") }
        precondition(ends.count == keys.count { $0.endsAt != nil }, "an end that is overlooked")
    }

    static func countersignature(_ bytes: [UInt8]) {
        let lines = bytes.split(separator: UInt8(ascii: "\n")).map { Array($0) }
        let checkpoints = lines.compactMap { SignedCheckpoint(line: $0)?.checkpoint }
        for line in lines {
            guard let word = Countersignature(line: line) else { continue }
            precondition(word.line == line, "a counter-signature that is written differently")
            _ = (word.time, word.requestHash)
            for checkpoint in checkpoints { _ = word.holds(for: checkpoint, trust: trust) }
        }
    }

    /// Lines are the file's bytes between line feeds, cut where they are too long.
    static func lines(_ bytes: [UInt8]) {
        let limit = Int(bytes.first ?? 8)
        let path = FuzzScratch.file(bytes, "lines")
        guard let lines = try? LineFile.read(path, limit: limit) else { return }
        var expected = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map {
            Array($0.prefix(limit + 1))
        }
        if let last = expected.popLast(), !last.isEmpty { expected.append(last + [0]) }
        precondition(lines == expected, "lines that are read differently")
    }

    static func export(_ bytes: [UInt8]) {
        let parts = bytes.split(separator: separator, maxSplits: files.count - 1, omittingEmptySubsequences: false)
        for (index, name) in files.enumerated() {
            _ = FuzzScratch.file(index < parts.count ? Array(parts[index]) : [], name)
        }
        let verdict = try? AuditVerifier(trust: trust).verify(directory: FuzzScratch.directory)
        _ = verdict?.faults.map(\.text)
    }

    static func calendar(_ bytes: [UInt8]) {
        guard let calendar = try? WorkingDays(yaml: String(decoding: bytes, as: UTF8.self)) else { return }
        let now = Instant(seconds: 1_790_000_000)
        _ = calendar.missed(since: now.adding(days: -500), lastCountersigned: nil, now: now)
        _ = calendar.isSettled(CalendarDay(of: now))
    }

    /// A moment or a day is read as it is written.
    static func moment(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        if let moment = Instant(rfc3339: text) {
            precondition(Instant(rfc3339: moment.rfc3339) == moment, "a moment that is read differently")
            _ = (moment.shown, CalendarDay(of: moment).shown)
        }
        if let day = CalendarDay(text) { precondition(day.shown == text, "a day that is shown differently") }
    }
}
