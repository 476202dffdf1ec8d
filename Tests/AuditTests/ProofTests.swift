import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import Storage
import Testing

@testable import Audit

@Suite struct ProofTests {
    /// Five events under a checkpoint that somebody holds, then six more under the next.
    private struct Scene {
        let house: AuditHouse
        let events: [AuditEventIdentifier]
        let held: Checkpoint
        let newest: Checkpoint

        func prove(
            _ events: [AuditEventIdentifier], held: Checkpoint? = nil, openings: [PersonalOpening] = []
        ) async throws -> AuditProof {
            let log = house.log
            return try await house.database.read {
                try log.proof(of: events, held: held, openings: openings, in: $0)
            }
        }
    }

    private func scene() async throws -> Scene {
        let house = try AuditHouse()
        let first = try await house.record(5, personal: ["name": "张三"])
        let held = try await house.checkpoint().checkpoint
        let second = try await house.record(6)
        return Scene(
            house: house, events: first + second, held: held, newest: try await house.checkpoint().checkpoint)
    }

    @Test func aProofStandsByItself() async throws {
        let scene = try await scene()
        let proof = try await scene.prove([scene.events[3], scene.events[9]], held: scene.held)
        let again = try AuditProof(bytes: proof.bytes + [0x0A])
        #expect(again == proof)
        try again.verify(trust: scene.house.trust, held: scene.held)
        try again.verify(trust: scene.house.trust, held: scene.newest)
        try again.verify(trust: scene.house.trust)
        #expect(again.signed.checkpoint == scene.newest)
    }

    @Test func aProofThatWasBentFails() async throws {
        let scene = try await scene()
        let trust = scene.house.trust
        let proof = try await scene.prove([scene.events[3]], held: scene.held)
        let event = proof.events[0]
        var line = event.line
        line[20] ^= 1
        var path = event.path
        path[1][0] ^= 1
        for events in [
            [AuditProof.Event(line: line, leaf: event.leaf, path: event.path)],
            [AuditProof.Event(line: event.line, leaf: event.leaf + 1, path: event.path)],
            [AuditProof.Event(line: event.line, leaf: event.leaf, path: path)],
        ] {
            let bent = AuditProof(events: events, signed: proof.signed, continuation: proof.continuation)
            #expect(throws: Refusal(AuditRefusal.proofFails)) { try bent.verify(trust: trust, held: scene.held) }
        }
        // Another's key, another log's checkpoint, no continuation from what is held.
        let stranger = AuditTrust(keys: [try PrivateKey.generate(.p256).publicKey])
        #expect(throws: Refusal(AuditRefusal.proofFails)) { try proof.verify(trust: stranger) }
        let other = try await self.scene()
        #expect(throws: Refusal(AuditRefusal.proofFails)) { try proof.verify(trust: trust, held: other.held) }
        let alone = AuditProof(events: proof.events, signed: proof.signed, continuation: nil)
        #expect(throws: Refusal(AuditRefusal.proofFails)) { try alone.verify(trust: trust, held: scene.held) }
    }

    @Test func noGarbagePassesForAProof() async throws {
        let scene = try await scene()
        let bytes = try await scene.prove([scene.events[3]], held: scene.held).bytes
        var generator = Seeded(1)
        // A letter's other case at each place, and any other byte at some.
        let flips =
            bytes.indices.map { ($0, UInt8(0x20)) }
            + (0..<300).map { _ in
                (Int.random(in: bytes.indices, using: &generator), UInt8.random(in: 1...255, using: &generator))
            }
        for (place, mask) in flips {
            var bent = bytes
            bent[place] ^= mask
            guard let proof = try? AuditProof(bytes: bent) else { continue }
            // The file's own copy of what is held is not believed: it must be the verifier's.
            #expect(throws: Refusal(AuditRefusal.proofFails)) {
                try proof.verify(trust: scene.house.trust, held: scene.held)
                Issue.record(
                    "byte \(place) ^ \(mask): \(String(decoding: bent[max(0, place - 20)..<place], as: UTF8.self))")
            }
        }
        #expect(throws: Refusal(AuditRefusal.malformedProof)) { try AuditProof(bytes: []) }
        #expect(throws: Refusal(AuditRefusal.malformedProof)) { try AuditProof(bytes: Array("{}".utf8)) }
    }

    @Test func whatCannotBeProvedIsRefused() async throws {
        let scene = try await scene()
        let unknown = AuditEventIdentifier(in: .real)
        await #expect(throws: Refusal(AuditRefusal.unknownEvent)) { try await scene.prove([unknown]) }
        let uncovered = try await scene.house.record(1)
        await #expect(throws: Refusal(AuditRefusal.proofRange)) { try await scene.prove(uncovered) }
        let other = try await self.scene()
        await #expect(throws: Refusal(AuditRefusal.tampered)) {
            try await scene.prove([scene.events[0]], held: other.held)
        }
        // The store was set back behind what the other side holds.
        let later = Checkpoint(
            origin: scene.held.origin, number: 7, size: 99, root: scene.held.root, time: scene.held.time,
            previous: scene.held.hash)
        await #expect(throws: Refusal(AuditRefusal.tampered)) {
            try await scene.prove([scene.events[0]], held: later)
        }
        let empty = try AuditHouse()
        await #expect(throws: Refusal(AuditRefusal.proofRange)) {
            try await empty.database.read { try empty.log.proof(of: [], in: $0) }
        }
    }

    @Test func aDatumOpensItsCommitmentUntilItIsForgotten() async throws {
        let scene = try await scene()
        let (house, event) = (scene.house, scene.events[2])
        let openings = try await house.database.write {
            try house.log.openPersonalData(of: event, actor: .officer("officer_1"), in: $0)
        }
        try await house.checkpoint()
        let proof = try await scene.prove([event], openings: openings)
        let again = try AuditProof(bytes: proof.bytes)
        try again.verify(trust: house.trust)
        #expect(again.openings.map(\.datum) == ["张三"])
        let lie = PersonalOpening(event: event, name: "name", salt: openings[0].salt, datum: "李四")
        let other = PersonalOpening(
            event: scene.events[1], name: "name", salt: openings[0].salt, datum: openings[0].datum)
        for opening in [lie, other] {
            let bent = AuditProof(
                events: proof.events, signed: proof.signed, continuation: nil, openings: [opening])
            #expect(throws: Refusal(AuditRefusal.proofFails)) { try bent.verify(trust: house.trust) }
        }
        let receipt = try await house.database.write {
            try house.log.forgetPersonalData(of: event, actor: .officer("officer_1"), in: $0)
        }
        try await house.checkpoint()
        await #expect(throws: Refusal(AuditRefusal.unknownEvent)) {
            try await house.database.write {
                try house.log.openPersonalData(of: event, actor: .system, in: $0)
            }
        }
        // Who was given the datum before can still show it; the receipt shows that it is no longer kept.
        try again.verify(trust: house.trust)
        try await scene.prove([receipt]).verify(trust: house.trust, held: nil)
        let verdict = try await house.exportAndVerify(held: [scene.held])
        #expect(verdict.holds && verdict.deletedPersonal == 1)
        let listed = try house.lines(AuditExport.personal)
        #expect(listed.count == 5)
        #expect(listed.filter { $0.contains(#""state":"deleted""#) }.map { $0.contains(event.shown) } == [true])
    }

    @Test func aListOfPersonalDataThatSaysOtherwiseIsFound() async throws {
        let scene = try await scene()
        #expect(try await scene.house.exportAndVerify().holds)
        var lines = try scene.house.lines(AuditExport.personal)
        lines[1] = lines[1].replacing("kept", with: "deleted")
        try scene.house.put(lines, AuditExport.personal)
        #expect(try scene.house.verify().faults == [.personal(event: scene.events[1].shown, name: "name")])
        try scene.house.put(Array(lines.dropLast()), AuditExport.personal)
        #expect(try scene.house.verify().faults.count == 1)
    }

    @Test func thePublicationAnswersWithinTheNewestCheckpoint() async throws {
        let scene = try await scene()
        let ended = CheckpointKey(scene.house.key.publicKey, endsAt: Instant(seconds: 1_790_000_000))
        let publication = AuditPublication(database: scene.house.database) { [ended] }
        #expect(try await publication.publicKeys() == ended.text)
        let uncovered = try await scene.house.record(1)[0]
        #expect(try await publication.latest()["size"]?.integer == 11)
        #expect(try await publication.checkpoint(size: 5)["root"]?.string == Hex.encode(scene.held.root))
        let signed = try #require(SignedCheckpoint(line: try await Self.line(publication.latest())))
        #expect(scene.house.trust.signed(signed))
        await #expect(throws: Refusal(AuditRefusal.unknownCheckpoint)) { try await publication.checkpoint(size: 6) }
        let proof = try await publication.inclusion(of: .event(scene.events[8]), size: nil)
        #expect(proof["leaf"]?.integer == 8)
        #expect(proof["root"]?.string == Hex.encode(scene.newest.root))
        for (leaf, size) in [(0, 12), (5, 5), (11, nil), (0, 0)] as [(Int, Int?)] {
            await #expect(throws: Refusal(AuditRefusal.proofRange)) {
                try await publication.inclusion(of: .number(leaf), size: size)
            }
        }
        await #expect(throws: Refusal(AuditRefusal.proofRange)) {
            try await publication.inclusion(of: .event(uncovered), size: nil)
        }
        await #expect(throws: Refusal(AuditRefusal.unknownEvent)) {
            try await publication.inclusion(of: .event(AuditEventIdentifier(in: .real)), size: nil)
        }
        #expect(try await publication.consistency(first: 5, second: 5)["path"]?.array == [])
        for (first, second) in [(0, 5), (6, 5), (5, 12)] {
            await #expect(throws: Refusal(AuditRefusal.proofRange)) {
                try await publication.consistency(first: first, second: second)
            }
        }
        let without = try AuditHouse()
        let empty = AuditPublication(database: without.database) { [] }
        await #expect(throws: Refusal(AuditRefusal.unknownCheckpoint)) { try await empty.latest() }
    }

    private static func line(_ json: CanonicalJSON) -> [UInt8] {
        CanonicalJSON.object(json.object?.filter { ["body", "signature", "token"].contains($0.key) } ?? [:]).bytes
    }

    @Test func aReceiptPrintsTheNewestCheckpoint() async throws {
        let scene = try await scene()
        let summary = try #require(
            try await scene.house.database.read { try scene.house.log.latestCheckpointSummary(in: $0) })
        #expect(summary.number == 1 && summary.size == 11)
        #expect(summary.text.en.filter { $0 != " " }.contains(Hex.encode(scene.newest.root)))
    }

    @Test func aCheckpointIsKeptBesideTheStore() async throws {
        let scene = try await scene()
        let file = HeldCheckpointFile(path: scene.house.directory + "/audit-head.jsonl")
        #expect(try file.read() == nil)
        let newest = try #require(
            try await scene.house.database.read { try scene.house.log.newestCheckpoint(in: $0) })
        try file.keep(newest)
        #expect(try file.read() == newest)
        // An earlier one does not replace it.
        let earlier = SignedCheckpoint(checkpoint: scene.held, signature: [1], token: nil)
        try file.keep(earlier)
        #expect(try file.read() == newest)
        // While one process replaces it, no other does: a third party who asks for the folder's lock in between waits.
        let folder = scene.house.directory
        var asked: Int32?
        _ = try await scene.house.record(1)
        let next = try await scene.house.checkpoint()
        try file.keep(next) { asked = (try? OtherProgram.run(["flock", "--nonblock", folder, "true"]))?.status }
        #expect(asked == 1)
        #expect(try file.read() == next)
        #expect(try OtherProgram.run(["flock", "--nonblock", folder, "true"]).status == 0)
        try Data("{}\n".utf8).write(to: URL(filePath: file.path))
        #expect(throws: Refusal(AuditRefusal.unreadableExport)) { try file.read() }
        #expect(throws: Refusal(AuditRefusal.unreadableExport)) { try file.keep(newest) }
        let nowhere = HeldCheckpointFile(path: scene.house.directory + "/no/such/folder")
        #expect(throws: Refusal(AuditRefusal.exportFailed)) { try nowhere.keep(newest) }
    }
}
