internal import Foundation
package import Cryptography
package import Groundwork

/// Checks an export by itself: no database, nothing but its files, the audit's public key from elsewhere, and a
/// checkpoint that the verifier already held.
///
/// Without a held checkpoint, an authority that rewrote everything and signed it anew would not be found out.
package struct AuditVerifier: Sendable {
    private let trust: AuditTrust
    private let held: [Checkpoint]

    package init(trust: AuditTrust, held: [Checkpoint] = []) {
        self.trust = trust
        self.held = held
    }

    /// Verifies the export in that directory. Files that cannot be read are a Refusal, not a verdict.
    package static func verify(
        directory: String, publicKey: PublicKey, held: [Checkpoint] = []
    ) throws(Refusal) -> AuditVerdict {
        try AuditVerifier(trust: AuditTrust(keys: [publicKey]), held: held).verify(directory: directory)
    }

    package func verify(directory: String) throws(Refusal) -> AuditVerdict {
        let lines = try LineFile.read("\(directory)/\(AuditExport.checkpoints)", limit: 1 << 30)
        let signed = lines.map { SignedCheckpoint(line: $0) }
        let chain = CheckpointChain.faults(signed, trust: trust)
        let checkpoints = signed.compactMap { $0 }
        let promises = (checkpoints.map(\.checkpoint) + held).sorted { $0.size < $1.size }
        let reading = try read(directory, promises: promises)
        var faults = eventFaults(reading, checkpoints.map(\.checkpoint)) + chain
        faults += heldFaults(reading, checkpoints.map(\.checkpoint))
        faults += try proofFaults(directory, checkpoints.map(\.checkpoint), reading)
        let countersigned = CountersignatureCheck(
            lines: try LineFile.read("\(directory)/\(AuditExport.countersignatures)", limit: 1 << 20),
            recorded: reading.recorded, trust: trust, checkpoints: checkpoints.map(\.checkpoint))
        faults += countersigned.faults.prefix(20)
        faults += try personalFaults(directory, reading)
        return AuditVerdict(
            events: reading.count, checkpoints: checkpoints.count,
            covered: min(reading.count, checkpoints.last?.checkpoint.size ?? 0),
            stamped: trust.judgesTime ? checkpoints.count { $0.token != nil } : 0,
            countersigned: countersigned.last?.checkpoint, countersignedAt: countersigned.last?.time,
            deletedPersonal: reading.personal.deleted, faults: faults)
    }

    private func heldFaults(_ reading: Reading, _ checkpoints: [Checkpoint]) -> [AuditFault] {
        held.flatMap { held -> [AuditFault] in
            if reading.count < held.size { return [.truncated(leaf: reading.count, covered: held.size)] }
            let isListed = checkpoints.contains { $0.body == held.body }
            return isListed && reading.roots[held.size] == held.root ? [] : [.heldCheckpoint(number: held.number)]
        }
    }

    /// The list of personal data is exactly what the events say.
    private func personalFaults(_ directory: String, _ reading: Reading) throws(Refusal) -> [AuditFault] {
        let lines = try LineFile.read("\(directory)/\(AuditExport.personal)", limit: 1 << 20)
        let expected = reading.personal.lines
        guard lines != expected else { return [] }
        let index = zip(lines, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        let line = index.map { expected[$0] } ?? (expected.dropFirst(lines.count).first ?? lines.last ?? [])
        let json = try? CanonicalJSON(parsingCanonical: line)
        return [.personal(event: json?["event"]?.string ?? "?", name: json?["name"]?.string ?? "?")]
    }

    // MARK: Events

    /// What one pass over events and stored leaf hashes gives.
    private struct Reading {
        var count = 0
        var hashes: [[UInt8]] = []
        var stored: [[UInt8]?] = []
        /// The roots of the events at each promised size.
        var roots: [Int: [UInt8]] = [:]
        /// The same of the stored hashes.
        var storedRoots: [Int: [UInt8]] = [:]
        var malformed: [Int] = []
        /// Counter-signatures that events record: hash of the order, and where.
        var recorded: [String: Int] = [:]
        var personal = PersonalRecord()
    }

    private func read(_ directory: String, promises: [Checkpoint]) throws(Refusal) -> Reading {
        var reading = Reading()
        let sizes = Set(promises.map(\.size))
        var frontier = MerkleFrontier()
        var identifiers = Set<String>()
        try LineFile.forEach("\(directory)/\(AuditExport.events)", limit: AuditLog.lineLimit) { line in
            let hash = MerkleHash.leaf(line)
            let json = try? CanonicalJSON(parsingCanonical: line)
            let identifier = json?["id"]?.string
            if let json {
                reading.personal.note(json, at: reading.count)
                if let request = CountersignatureCheck.recordedRequest(json) {
                    reading.recorded[request] = reading.count
                }
            }
            if identifier.map({ !identifiers.insert($0).inserted }) ?? true { reading.malformed.append(reading.count) }
            reading.hashes.append(hash)
            reading.count += 1
            frontier.append(leafHash: hash)
            if sizes.contains(frontier.size) { reading.roots[frontier.size] = frontier.root }
        }
        var stored = MerkleFrontier()
        try LineFile.forEach("\(directory)/\(AuditExport.leaves)", limit: 64) { line in
            let hash = Hex.decode(String(decoding: line, as: UTF8.self)).flatMap { $0.count == 32 ? $0 : nil }
            reading.stored.append(hash)
            stored.append(leafHash: hash ?? MerkleHash.empty)
            if sizes.contains(stored.size) { reading.storedRoots[stored.size] = stored.root }
        }
        return reading
    }

    private func eventFaults(_ reading: Reading, _ checkpoints: [Checkpoint]) -> [AuditFault] {
        var faults: [AuditFault] = []
        var good = 0
        for checkpoint in checkpoints {
            if reading.roots[checkpoint.size] == checkpoint.root {
                good = max(good, checkpoint.size)
                continue
            }
            // The stored hashes may themselves be trusted where they lead to the signed root.
            let isTrusted = reading.storedRoots[checkpoint.size] == checkpoint.root
            if let fault = firstDifference(reading, good..<checkpoint.size, isTrusted: isTrusted) {
                faults.append(fault)
            } else if reading.count < checkpoint.size {
                faults.append(.truncated(leaf: reading.count, covered: checkpoint.size))
            } else {
                faults.append(.rewritten(checkpoint: checkpoint.number, leaves: good..<max(good + 1, checkpoint.size)))
            }
            break
        }
        let known = Set(faults.compactMap(\.leaf))
        faults += reading.malformed.filter { !known.contains($0) }.prefix(20).map { .event(leaf: $0) }
        // After the newest checkpoint nobody has signed anything; the stored hashes still tell a careless hand.
        if faults.isEmpty, let fault = firstDifference(reading, good..<max(good, reading.stored.count), isTrusted: true)
        {
            faults.append(fault)
        }
        if faults.isEmpty, reading.count > reading.stored.count {
            faults.append(.extraEvent(leaf: reading.stored.count))
        }
        if faults.isEmpty, let leaf = (0..<good).first(where: { reading.stored.element(at: $0) != reading.hashes[$0] })
        {
            faults.append(.leafHash(leaf: leaf))
        }
        return faults
    }

    private func firstDifference(_ reading: Reading, _ range: Range<Int>, isTrusted: Bool) -> AuditFault? {
        for leaf in range.clamped(to: 0..<reading.stored.count) {
            guard leaf < reading.count else { return .truncated(leaf: leaf, covered: range.upperBound) }
            if reading.stored[leaf] == reading.hashes[leaf] { continue }
            guard isTrusted else { return .event(leaf: leaf) }
            if leaf + 1 < reading.stored.count, reading.hashes[leaf] == reading.stored[leaf + 1],
                reading.count < reading.stored.count
            {
                return .missingEvent(leaf: leaf)
            }
            if leaf + 1 < reading.count, reading.hashes[leaf + 1] == reading.stored[leaf],
                reading.count > reading.stored.count
            {
                return .extraEvent(leaf: leaf)
            }
            return .event(leaf: leaf)
        }
        return nil
    }

    // MARK: Proofs

    private func proofFaults(
        _ directory: String, _ checkpoints: [Checkpoint], _ reading: Reading
    ) throws(Refusal) -> [AuditFault] {
        let roots = Dictionary(checkpoints.map { ($0.size, $0.root) }, uniquingKeysWith: { first, _ in first })
        var faults: [AuditFault] = []
        let lines = try LineFile.read("\(directory)/\(AuditExport.proofs)", limit: 1 << 30)
        for (index, line) in lines.enumerated() {
            let holds: Bool
            switch AuditExportedProof(line: line) {
            case .consistency(let from, let to, let path):
                holds =
                    MerkleProof.isConsistent(
                        old: from, oldRoot: roots[from] ?? [], size: to, root: roots[to] ?? [], proof: path)
            case .inclusion(let leaf, let size, let path):
                holds =
                    reading.hashes.indices.contains(leaf)
                    && MerkleProof.includes(
                        leafHash: reading.hashes[leaf], leaf: leaf, size: size, path: path, root: roots[size] ?? [])
            case nil: holds = false
            }
            if !holds { faults.append(.proof(line: index)) }
            if faults.count >= 20 { break }
        }
        return faults
    }
}

extension [[UInt8]?] {
    /// The hash at that place; `nil` for none.
    fileprivate func element(at index: Int) -> [UInt8]? { indices.contains(index) ? self[index] : nil }
}
