import Cryptography
import Foundation
import Groundwork
import Storage
import OtherPrograms
import Testing

@testable import Audit

@Suite struct TamperingTests {
    /// 12 events under three checkpoints (5, 9 and 12).
    private func house() async throws -> AuditHouse {
        let house = try AuditHouse()
        for count in [5, 4, 3] {
            try await house.record(count)
            try await house.checkpoint()
        }
        let verdict = try await house.exportAndVerify()
        #expect(verdict == AuditVerdict(events: 12, checkpoints: 3, covered: 12, faults: []))
        #expect(verdict.refusal == nil)
        return house
    }

    private func afterEditing(
        _ name: String, held: [Checkpoint] = [], _ edit: (inout [String]) -> Void
    ) async throws -> AuditVerdict {
        let house = try await house()
        var lines = try house.lines(name)
        edit(&lines)
        try house.put(lines, name)
        return try house.verify(held: held)
    }

    @Test(arguments: 0..<12) func aFlippedByteIsNamed(leaf: Int) async throws {
        let verdict = try await afterEditing(AuditExport.events) { lines in
            lines[leaf] = lines[leaf].replacing("thing_", with: "thinG_")
        }
        #expect(verdict.faults.first == .event(leaf: leaf))
        #expect(verdict.firstBadLeaf == leaf)
        #expect(verdict.refusal?.isBecause(AuditRefusal.tampered) == true)
    }

    @Test func aRemovedEventIsNamed() async throws {
        let verdict = try await afterEditing(AuditExport.events) { $0.remove(at: 6) }
        #expect(verdict.faults.first == .missingEvent(leaf: 6))
    }

    @Test func anInsertedEventIsNamed() async throws {
        let verdict = try await afterEditing(AuditExport.events) { lines in
            lines.insert(lines[2].replacing("thing_2", with: "thing_x"), at: 3)
        }
        #expect(verdict.firstBadLeaf == 3)
        let twice = try await afterEditing(AuditExport.events) { lines in lines.append(lines[11]) }
        #expect(!twice.holds)
    }

    @Test func eventsInAnotherOrderAreNamed() async throws {
        let verdict = try await afterEditing(AuditExport.events) { $0.swapAt(7, 8) }
        #expect(verdict.faults.first == .event(leaf: 7))
    }

    @Test func anEventWrittenOtherwiseIsNamed() async throws {
        let verdict = try await afterEditing(AuditExport.events) { lines in
            lines[10] = lines[10].replacing("\"version\":1", with: "\"version\": 1")
        }
        #expect(verdict.faults.first == .event(leaf: 10))
    }

    @Test func aShortenedLogIsFound() async throws {
        let verdict = try await afterEditing(AuditExport.events) { $0.removeLast(2) }
        #expect(verdict.faults.first == .truncated(leaf: 10, covered: 12))
    }

    @Test func aLogShortenedWithItsCheckpointsIsFoundByWhoHoldsOne() async throws {
        let house = try await house()
        let held = try await house.checkpoint().checkpoint
        for (name, count) in [(AuditExport.events, 9), (AuditExport.leaves, 9), (AuditExport.checkpoints, 2)] {
            try house.put(Array(try house.lines(name).prefix(count)), name)
        }
        try house.put([], AuditExport.proofs)
        #expect(try house.verify().holds)
        #expect(try house.verify(held: [held]).faults == [.truncated(leaf: 9, covered: 12)])
    }

    @Test func aLogRewrittenAndSignedAnewIsFoundByWhoHoldsACheckpoint() async throws {
        let old = try await house()
        let held = try await old.checkpoint().checkpoint
        let new = try AuditHouse()
        try await new.record(12)
        try await new.checkpoint()
        #expect(try await new.exportAndVerify(held: [held]).faults == [.heldCheckpoint(number: 2)])
    }

    @Test func aTableEditedByHandIsNamed() async throws {
        let house = try await house()
        try house.editByHand(
            "UPDATE audit_event SET line = CAST(replace(CAST(line AS TEXT), 'officer_1', 'officer_9') AS BLOB)"
                + " WHERE leaf = 4")
        #expect(try await house.exportAndVerify().faults.first == .event(leaf: 4))
    }

    @Test func aTreeEditedWithTheTableIsFound() async throws {
        let house = try await house()
        var events = try house.lines(AuditExport.events)
        events[6] = events[6].replacing("officer_1", with: "officer_9")
        try house.put(events, AuditExport.events)
        var leaves = try house.lines(AuditExport.leaves)
        leaves[6] = Hex.encode(MerkleHash.leaf(Array(events[6].utf8)))
        try house.put(leaves, AuditExport.leaves)
        #expect(try house.verify().faults.first == .rewritten(checkpoint: 1, leaves: 5..<9))
        #expect(try house.verify().firstBadLeaf == 5)
    }

    @Test func anAlteredCheckpointIsNamed() async throws {
        let house = try await house()
        let lines = try house.lines(AuditExport.checkpoints)
        let middle = try #require(SignedCheckpoint(line: Array(lines[1].utf8)))
        let later = Checkpoint(
            origin: middle.checkpoint.origin, number: 1, size: 9, root: middle.checkpoint.root,
            time: middle.checkpoint.time.adding(seconds: 60), previous: middle.checkpoint.previous)
        let altered = SignedCheckpoint(checkpoint: later, signature: middle.signature, token: nil)
        try house.put([lines[0], String(decoding: altered.line, as: UTF8.self), lines[2]], AuditExport.checkpoints)
        #expect(try house.verify().faults == [.checkpointSignature(number: 1), .checkpointChain(number: 2)])
        try house.put([lines[0], lines[2]], AuditExport.checkpoints)
        #expect(try house.verify().faults.contains(.checkpointChain(number: 2)))
        try house.put([lines[0], "{}", lines[2]], AuditExport.checkpoints)
        #expect(try house.verify().faults.contains(.checkpointForm(line: 1)))
    }

    @Test func anotherKeysSignatureDoesNotCount() async throws {
        let house = try await house()
        let other = try PrivateKey.generate(.p256).publicKey
        let verdict = try AuditVerifier.verify(directory: house.export, publicKey: other)
        #expect(verdict.faults == (0..<3).map { .checkpointSignature(number: $0) })
    }

    @Test func anAlteredProofIsNamed() async throws {
        let verdict = try await afterEditing(AuditExport.proofs) { lines in
            lines[3] = lines[3].replacing("\"leaf\":1", with: "\"leaf\":2")
        }
        #expect(verdict.faults == [.proof(line: 3)])
    }

    @Test func aProofBetweenCheckpointsThatAreNotThereIsNone() async throws {
        let verdict = try await afterEditing(AuditExport.proofs) { lines in
            lines.append(#"{"from":7,"kind":"consistency","path":[],"to":7}"#)
        }
        #expect(verdict.faults == [.proof(line: 14)])
    }

    /// An authority that signs two events of one name is told, wherever they stand.
    @Test func aNameThatStandsTwiceIsNamedThoughItIsSigned() async throws {
        let house = try await house()
        var events = try house.lines(AuditExport.events)
        let names = try events.map { try #require(CanonicalJSON(parsingCanonical: Array($0.utf8))["id"]?.string) }
        events[10] = events[10].replacing(names[10], with: names[1])
        var frontier = MerkleFrontier()
        for event in events { frontier.append(leafHash: MerkleHash.leaf(Array(event.utf8))) }
        let checkpoint = Checkpoint(
            origin: "x", number: 0, size: 12, root: frontier.root, time: Surroundings.real.now(), previous: nil)
        let signed = SignedCheckpoint(
            checkpoint: checkpoint, signature: try house.key.sign(checkpoint.body), token: nil)
        try house.put(events, AuditExport.events)
        try house.put(events.map { Hex.encode(MerkleHash.leaf(Array($0.utf8))) }, AuditExport.leaves)
        try house.put([String(decoding: signed.line, as: UTF8.self)], AuditExport.checkpoints)
        try house.put([], AuditExport.proofs)
        #expect(try house.verify().faults == [.event(leaf: 10)])
    }

    @Test func namesAreCountedRightlyInATableThatIsFull() {
        var names = RepeatedNames(expected: 1)
        let all = (0..<20_000).map { "name \($0)" } + ["name 7", "name 19999"]
        for name in all { names.note(name) }
        #expect(names.areSuspected)
        #expect(all.indices.filter { names.isRepeated(all[$0]) } == [20_000, 20_001])
    }

    @Test func aMissingFileIsARefusal() async throws {
        let house = try await house()
        try FileManager.default.removeItem(atPath: house.export + "/" + AuditExport.events)
        #expect(throws: Refusal(AuditRefusal.unreadableExport)) { try house.verify() }
    }

    @Test func noGarbageCrashesTheVerifier() async throws {
        let house = try await house()
        var generator = Seeded(2)
        for name in [AuditExport.events, AuditExport.leaves, AuditExport.checkpoints, AuditExport.proofs] {
            let path = house.export + "/" + name
            let whole = try Data(contentsOf: URL(fileURLWithPath: path))
            for _ in 0..<40 {
                var bytes = Array(whole)
                let at = Int.random(in: 0..<bytes.count, using: &generator)
                switch Int.random(in: 0..<3, using: &generator) {
                // An odd number: the other case of a hexadecimal letter would be the same leaf.
                case 0: bytes[at] ^= UInt8.random(in: 1...255, using: &generator) | 1
                case 1: bytes.removeSubrange(at...)
                default: bytes.insert(contentsOf: [0x0A, 0xFF, 0x00], at: at)
                }
                try Data(bytes).write(to: URL(fileURLWithPath: path))
                let holds = try house.verify().holds
                // A shorter list of proofs is still right; everything else shows.
                #expect(!holds || name == AuditExport.proofs, "\(name) at \(at)")
            }
            try whole.write(to: URL(fileURLWithPath: path))
        }
        #expect(try house.verify().holds)
    }

    @Test func aCheckpointThatPromisesTheMoonDoesNotStopTheVerifier() async throws {
        let house = try await house()
        let first = try #require(SignedCheckpoint(line: Array(try house.lines(AuditExport.checkpoints)[0].utf8)))
        let moon = Checkpoint(
            origin: first.checkpoint.origin, number: 0, size: Int(CanonicalJSON.largestInteger),
            root: first.checkpoint.root, time: first.checkpoint.time, previous: nil)
        let signed = SignedCheckpoint(checkpoint: moon, signature: try house.key.sign(moon.body), token: nil)
        try house.put([String(decoding: signed.line, as: UTF8.self)], AuditExport.checkpoints)
        #expect(!(try house.verify().holds))
    }
}
