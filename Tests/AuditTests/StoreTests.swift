import Cryptography
import Foundation
import Groundwork
import Storage
import Testing

@testable import Audit

/// Somebody edits the tables by hand.
@Suite struct StoreTests {
    /// 12 events under three checkpoints (5, 9 and 12), then three under none.
    private func house() async throws -> AuditHouse {
        let house = try AuditHouse()
        for count in [5, 4, 3] {
            try await house.record(count)
            try await house.checkpoint()
        }
        try await house.record(3)
        #expect(try await house.store() == AuditVerdict(events: 15, checkpoints: 3, covered: 12, faults: []))
        #expect(try await house.head() == [])
        return house
    }

    private static func altered(_ leaf: Int) -> String {
        "UPDATE audit_event SET line = CAST(replace(CAST(line AS TEXT), 'officer_1', 'officer_9') AS BLOB) "
            + "WHERE leaf = \(leaf);"
    }

    @Test(arguments: [0, 4, 5, 11, 12, 14]) func anAlteredEventIsNamed(leaf: Int) async throws {
        let house = try await house()
        try house.editByHand(Self.altered(leaf))
        #expect(try await house.store().faults.first == .event(leaf: leaf))
        // What is not under a checkpoint yet is found before it would be signed.
        if leaf >= 12 {
            #expect(try await house.head() == [.event(leaf: leaf)])
            await #expect(throws: Refusal(AuditRefusal.tampered)) { try await house.checkpoint() }
        }
    }

    @Test(arguments: [2, 8, 13]) func aDeletedEventIsNamed(leaf: Int) async throws {
        let house = try await house()
        try house.editByHand("DELETE FROM audit_event WHERE leaf = \(leaf)")
        #expect(try await house.store().faults.first == .missingEvent(leaf: leaf))
    }

    @Test func aDeletedTailIsFound() async throws {
        let house = try await house()
        try house.editByHand("DELETE FROM audit_event WHERE leaf >= 10")
        #expect(try await house.store().firstBadLeaf == 10)
        #expect(try await house.head() == [.truncated(leaf: 10, covered: 15)])
        // Cut down in every table but the checkpoints'.
        try house.editByHand(
            "UPDATE audit_tree SET size = 10; DELETE FROM audit_node WHERE (position + 1) << level > 10")
        #expect(try await house.store().faults.contains(.truncated(leaf: 10, covered: 12)))
        #expect(try await house.head() == [.truncated(leaf: 10, covered: 12)])
    }

    @Test func aLogSetBackWithItsCheckpointsIsFoundByWhatIsHeld() async throws {
        let house = try await house()
        let held = try await house.checkpoint().checkpoint
        try house.editByHand(
            """
            DELETE FROM audit_event WHERE leaf >= 9; UPDATE audit_tree SET size = 9;
            DELETE FROM audit_node WHERE (position + 1) << level > 9; DELETE FROM audit_checkpoint WHERE size > 9
            """)
        #expect(try await house.store().holds)
        #expect(try await house.head() == [])
        #expect(try await house.store(held: [held]).faults == [.truncated(leaf: 9, covered: 15)])
        #expect(try await house.head(held: held) == [.truncated(leaf: 9, covered: 15)])
    }

    @Test func anInsertedEventIsFound() async throws {
        let house = try await house()
        let row = "SELECT max(arrival) + 1, randomblob(16), line"
        try house.editByHand(
            "INSERT INTO audit_event (arrival, id, line, leaf) \(row), 15 FROM audit_event")
        #expect(try await house.store().faults.contains(.extraEvent(leaf: 15)))
        #expect(try await house.head() == [.extraEvent(leaf: 15)])
        let other = try await self.house()
        try other.editByHand("INSERT INTO audit_event (arrival, id, line) \(row) FROM audit_event")
        #expect(try await other.store().faults == [.unsequenced(count: 1)])
        #expect(try await other.head() == [.unsequenced(count: 1)])
    }

    @Test func eventsInAnotherOrderAreNamed() async throws {
        let house = try await house()
        try house.editByHand(
            """
            UPDATE audit_event SET leaf = 1000 WHERE leaf = 6; UPDATE audit_event SET leaf = 6 WHERE leaf = 7;
            UPDATE audit_event SET leaf = 7 WHERE leaf = 1000
            """)
        #expect(try await house.store().faults.first == .event(leaf: 6))
    }

    @Test func anotherNameForAnEventIsFound() async throws {
        let house = try await house()
        try house.editByHand("UPDATE audit_event SET id = randomblob(16) WHERE leaf = 3")
        #expect(try await house.store().faults == [.eventColumns(leaf: 3)])
    }

    @Test func aReplacedCheckpointIsFound() async throws {
        let house = try await house()
        // The whole table replaced by one that another key signed over the very same tree.
        let newest = try await house.checkpoint().checkpoint
        let other = try PrivateKey.generate(.p256)
        let forged = Checkpoint(
            origin: newest.origin, number: 0, size: newest.size, root: newest.root, time: newest.time, previous: nil)
        let (body, signature) = (Hex.encode(forged.body), Hex.encode(try other.sign(forged.body)))
        try house.editByHand(
            """
            DELETE FROM audit_checkpoint;
            INSERT INTO audit_checkpoint (number, size, body, signature)
            VALUES (0, \(newest.size), x'\(body)', x'\(signature)')
            """)
        #expect(try await house.store().faults == [.checkpointSignature(number: 0)])
        #expect(try await house.head() == [.checkpointSignature(number: 0)])
        await #expect(throws: Refusal(AuditRefusal.tampered)) { try await house.checkpoint() }
    }

    @Test func aRemovedOrBentCheckpointIsFound() async throws {
        let house = try await house()
        try house.editByHand("DELETE FROM audit_checkpoint WHERE number = 1")
        #expect(try await house.store().faults.contains(.checkpointChain(number: 2)))
        #expect(try await house.head() == [.checkpointChain(number: 2)])
        try house.editByHand("UPDATE audit_checkpoint SET size = 13 WHERE number = 2")
        #expect(try await house.store().faults.contains(.checkpointForm(line: 2)))
        #expect(try await house.head() == [.checkpointForm(line: 0)])
        let empty = try await self.house()
        try empty.editByHand("DELETE FROM audit_checkpoint")
        let held = try await house.database.read { try $0.first("SELECT body FROM audit_checkpoint")?.blob("body") }
        let checkpoint = try #require(held.flatMap { Checkpoint(body: $0) })
        #expect(try await empty.head(held: checkpoint) == [.truncated(leaf: 0, covered: 5)])
    }

    @Test func aTimeStampThatWasTakenAwayIsFound() async throws {
        let house = try AuditHouse()
        for count in 1...3 {
            try await house.record(count)
            _ = try await house.log.checkpoint(database: house.database, signer: house.signer) { _ in [7] }
        }
        let now = Surroundings.real.now()
        let trust = AuditTrust(keys: [house.key.publicKey]) { $1 == [7] ? now : nil }
        func faults() async throws -> [AuditFault] {
            try await house.database.read { try AuditStoreCheck(trust: trust, transaction: $0).verdict().faults }
        }
        #expect(try await faults() == [])
        try house.editByHand("UPDATE audit_checkpoint SET token = NULL WHERE number > 0")
        #expect(try await faults() == [.checkpointToken(number: 1), .checkpointToken(number: 2)])
        let head = try await house.database.read {
            try AuditHeadCheck(trust: trust, held: nil, transaction: $0).faults()
        }
        #expect(head == [.checkpointToken(number: 2)])
        try await house.log.export(to: house.export, database: house.database, trust: house.trust)
        #expect(
            try AuditVerifier(trust: trust).verify(directory: house.export).faults
                == [.checkpointToken(number: 1), .checkpointToken(number: 2)])
        // Where nothing is known of time stamps, nothing is said of them.
        #expect(try house.verify().holds)
    }

    @Test func anAlteredNodeIsNamed() async throws {
        for (level, position) in [(1, 2), (3, 0), (2, 1)] {
            let house = try await house()
            try house.editByHand(
                "UPDATE audit_node SET hash = randomblob(32) WHERE level = \(level) AND position = \(position)")
            #expect(try await house.store().faults == [.node(level: level, position: position)])
        }
        let leaf = try await house()
        try leaf.editByHand("UPDATE audit_node SET hash = randomblob(32) WHERE level = 0 AND position = 6")
        #expect(try await leaf.store().faults.first == .leafHash(leaf: 6))
        let more = try await house()
        try more.editByHand("INSERT INTO audit_node (level, position, hash) VALUES (9, 9, randomblob(32))")
        #expect(try await more.store().faults == [.nodeCount(difference: 1)])
    }

    @Test func anEventRewrittenWithItsTreeIsFoundByTheCheckpoint() async throws {
        let house = try await house()
        try house.editByHand(Self.altered(6))
        // The forger rebuilds every node.
        let lines = try await house.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event ORDER BY leaf").map { try $0.blob("line") }
        }
        var frontier = MerkleFrontier()
        var statements = "DELETE FROM audit_node;"
        for line in lines {
            for (place, hash) in frontier.append(leafHash: MerkleHash.leaf(line)) {
                statements +=
                    "INSERT INTO audit_node VALUES (\(place.level), \(place.position), x'\(Hex.encode(hash))');"
            }
        }
        try house.editByHand(statements)
        #expect(try await house.store().faults == [.rewritten(checkpoint: 1, leaves: 5..<9)])
        #expect(try await house.head() == [.rewritten(checkpoint: 2, leaves: 9..<12)])
    }

    @Test func theRoundThatGoesOverThePastFindsAnOldEdit() async throws {
        let house = try await house()
        func slice() async throws -> [AuditFault] {
            let trust = house.trust
            return try await house.database.read {
                try AuditStoreCheck(trust: trust, transaction: $0).slice(from: 0, to: 15)
            }
        }
        #expect(try await slice() == [])
        try house.editByHand(Self.altered(2))
        #expect(try await slice() == [.event(leaf: 2)])
        try house.editByHand("UPDATE audit_node SET hash = randomblob(32) WHERE level = 2 AND position = 1")
        #expect(try await slice() == [.event(leaf: 2), .node(level: 2, position: 1), .node(level: 3, position: 0)])
    }

    @Test func oneFaultHidesNoOtherAndStaysUntilItsSliceHolds() async throws {
        let house = try AuditHouse()
        let length = AuditStoreCheck.sliceLength
        try await house.record(2 * length + 100)
        let trust = house.trust
        var round = AuditRound(pieces: 1)
        func look() async throws -> String? {
            round = try await house.database.read { [round] in try round.afterNext(trust: trust, in: $0) }
            return round.alarm?.detail
        }
        for _ in 0..<3 { #expect(try await look() == nil) }
        let places = [10, 2 * length + 7]
        for leaf in places { try house.editByHand(Self.altered(leaf)) }
        #expect(try await look()?.contains("event 10 ") == true)
        // The next slices are looked at, and the alarm stands.
        for _ in 0..<2 { #expect(try await look()?.contains("event 10 ") == true) }
        try house.editByHand(Self.altered(10).replacing("'officer_1', 'officer_9'", with: "'officer_9', 'officer_1'"))
        #expect(try await look()?.contains("event \(places[1]) ") == true)
        try house.editByHand(
            Self.altered(places[1]).replacing("'officer_1', 'officer_9'", with: "'officer_9', 'officer_1'"))
        #expect(try await look() != nil)
        #expect(try await look() == nil)
    }

    @Test func personalDataThatVanishOrChangeWithoutARecordAreFound() async throws {
        let house = try AuditHouse()
        let events = try await house.record(3, personal: ["name": "张三", "telephone": "13800000000"])
        try await house.checkpoint()
        try await house.database.write { transaction in
            try house.log.forgetPersonalData(
                of: events[0], named: "name", actor: .officer("officer_1"), in: transaction)
        }
        // What no checkpoint covers is promised by nobody yet, and not counted.
        #expect(try await house.store().holds)
        #expect(try await house.store().deletedPersonal == 0)
        #expect(try await house.exportAndVerify().deletedPersonal == 0)
        try await house.checkpoint()
        #expect(try await house.exportAndVerify().deletedPersonal == 1)
        #expect(try await house.store().deletedPersonal == 1)
        try house.editByHand(
            "UPDATE audit_personal SET datum = '李四' WHERE name = 'name' AND event = x'\(events[1])'"
                .replacing("\(events[1])", with: Hex.encode(events[1].bytes)))
        #expect(try await house.store().faults == [.personal(event: events[1].shown, name: "name")])
        // Under another subject it would outlive the order to forget this one's.
        try house.editByHand(
            "UPDATE audit_personal SET subject = 'thing_x' WHERE event = x'\(Hex.encode(events[2].bytes))'")
        let moved = ["name", "telephone"].map { AuditFault.personal(event: events[2].shown, name: $0) }
        #expect(
            try await Set(house.store().faults) == Set(moved + [.personal(event: events[1].shown, name: "name")]))
        try house.editByHand("UPDATE audit_personal SET subject = 'thing_2' WHERE subject = 'thing_x'")
        try house.editByHand("DELETE FROM audit_personal WHERE event = x'\(Hex.encode(events[1].bytes))'")
        #expect(
            try await house.store().faults == [
                .personal(event: events[1].shown, name: "name"), .personal(event: events[1].shown, name: "telephone"),
            ])
    }
}
