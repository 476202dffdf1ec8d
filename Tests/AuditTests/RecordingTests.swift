import Cryptography
import Foundation
import Groundwork
import Storage
import Testing

@testable import Audit

private let things = MigrationSet(
    room: "test",
    migrations: [Migration(name: "0001", sql: "CREATE TABLE thing (id INTEGER PRIMARY KEY) STRICT")])

@Suite struct RecordingTests {
    @Test func anEventIsOneLineOfCanonicalJSON() async throws {
        let house = try AuditHouse(
            surroundings: Surroundings(
                now: { Instant(milliseconds: 1_700_000_000_123) }, monotonicNanoseconds: { 0 },
                randomBytes: { [UInt8](repeating: 7, count: $0) }))
        let event = try await house.record(1, personal: ["name": "王五"])[0]
        let line = try await house.database.read { try house.log.line(of: event, in: $0) }
        let commitment = Hex.encode(DigestAlgorithm.sha256.hash([UInt8](repeating: 7, count: 32) + "王五".utf8))
        let actor = #""actor":{"id":"officer_1","kind":"officer"}"#
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"act":"test.thing.happened",\#(actor),"facts":{"n":0},"id":"\#(event.shown)","#
                + #""personal":{"name":"\#(commitment)"},"subject":"thing_0","time":1700000000123,"version":1}"#)
    }

    @Test func leavesAreNumberedInOrderWithoutGaps() async throws {
        let house = try AuditHouse()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await house.record(3) } }
            try await group.waitForAll()
        }
        let leaves = try await house.database.read { transaction in
            try transaction.query("SELECT leaf FROM audit_event ORDER BY arrival").map { try $0.integer("leaf") }
        }
        #expect(leaves == Array(0..<60))
        #expect(try await house.database.read { try AuditTree.head(in: $0)?.size } == 60)
    }

    @Test func twoProcessesShareOneTree() async throws {
        let house = try AuditHouse()
        let other = try Database.open(
            at: house.directory + "/database.sqlite", migrations: [AuditLog.migrations],
            beforeCommit: [house.log.sequencer])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<30 {
                group.addTask {
                    _ = try await (index.isMultiple(of: 2) ? house.database : other).write { transaction in
                        try house.log.record(
                            AuditEvent(act: TestAct.happened, actor: .system, subject: "\(index)"), in: transaction)
                    }
                }
            }
            try await group.waitForAll()
        }
        try await house.checkpoint()
        let verdict = try await house.exportAndVerify()
        #expect(verdict.holds)
        #expect(verdict.covered == 30)
    }

    @Test func anActThatThrowsLeavesNoEvent() async throws {
        let house = try AuditHouse()
        struct Stop: Error {}
        await #expect(throws: Stop.self) {
            try await house.database.write { transaction in
                try house.log.record(
                    AuditEvent(act: TestAct.happened, actor: .system, subject: "x"), in: transaction)
                throw Stop()
            }
        }
        #expect(try await house.database.read { try AuditTree.head(in: $0) } == nil)
    }

    @Test(
        arguments: [
            (["big": .string(String(repeating: "x", count: 70_000))], AuditRefusal.eventTooLarge),
            (["number": .integer(.max)], AuditRefusal.malformedEvent),
        ] as [([String: CanonicalJSON], AuditRefusal)])
    func anEventThatCannotBeWrittenStopsTheAct(facts: [String: CanonicalJSON], reason: AuditRefusal) async throws {
        let house = try AuditHouse(with: [things])
        await #expect(throws: Refusal(reason)) {
            try await house.database.write { transaction in
                try transaction.execute("INSERT INTO thing (id) VALUES (1)")
                try house.log.record(
                    AuditEvent(act: TestAct.happened, actor: .public, subject: "x", facts: facts), in: transaction)
            }
        }
        #expect(try await house.database.read { try $0.query("SELECT id FROM thing").count } == 0)
    }

    @Test func anActFailsWhenTheTreeCannotTakeItsEvent() async throws {
        let house = try AuditHouse(with: [things])
        try await house.record(3)
        try await house.database.write { try $0.execute("DELETE FROM audit_node WHERE level = 1") }
        await #expect(throws: Refusal(StorageRefusal.transactionLost)) {
            try await house.database.write { transaction in
                try transaction.execute("INSERT INTO thing (id) VALUES (1)")
                try house.log.record(AuditEvent(act: TestAct.happened, actor: .public, subject: "x"), in: transaction)
            }
        }
        #expect(try await house.database.read { try $0.query("SELECT id FROM thing").count } == 0)
    }

    @Test func theStoreItselfKeepsEventsFinal() async throws {
        let house = try AuditHouse()
        try await house.record(2)
        for statement in [
            "DELETE FROM audit_event WHERE leaf = 0", "UPDATE audit_event SET line = x'7b7d' WHERE leaf = 0",
            "UPDATE audit_event SET leaf = 7 WHERE leaf = 1",
        ] {
            await #expect(throws: Refusal(StorageRefusal.constraint)) {
                try await house.database.write { try $0.execute(statement) }
            }
        }
    }

    @Test func appendingToAMillionLeavesReadsTheRightEdgeAlone() async throws {
        let house = try AuditHouse()
        let size = 1_000_000
        let places = MerkleFrontier.places(size: size)
        try await house.database.write { transaction in
            try transaction.execute("INSERT INTO audit_tree (id, origin, size) VALUES (1, 'million', $1)", size)
            // Nothing else of the tree is there: whoever looked at more would be refused.
            for (index, place) in places.enumerated() {
                try transaction.execute(
                    "INSERT INTO audit_node (level, position, hash) VALUES ($1, $2, $3)", place.level, place.position,
                    [UInt8](repeating: UInt8(index), count: 32))
            }
        }
        let peaks = places.indices.map { [UInt8](repeating: UInt8($0), count: 32) }
        let root = try #require(MerkleFrontier(size: size, peaks: peaks)).root
        let before = Checkpoint(
            origin: "million", number: 0, size: size, root: root, time: Surroundings.real.now(), previous: nil)
        let signed = SignedCheckpoint(checkpoint: before, signature: try house.key.sign(before.body), token: nil)
        try await house.database.write { try CheckpointStore.insert(signed, in: $0) }
        try await house.record(3)
        var expected = try #require(
            MerkleFrontier(size: size, peaks: peaks))
        let lines = try await house.database.read { transaction in
            try transaction.query("SELECT line FROM audit_event ORDER BY leaf").map { try $0.blob("line") }
        }
        for line in lines { expected.append(leafHash: MerkleHash.leaf(line)) }
        let next = try await house.checkpoint().checkpoint
        #expect(next.size == size + 3)
        #expect(next.root == expected.root)
    }

    @Test func forgettingAPersonalDatumLeavesTheTreeWhole() async throws {
        let house = try AuditHouse()
        let event = try await house.record(1, personal: ["name": "张三丰之名", "telephone": "13800000000"])[0]
        let held = try await house.checkpoint().checkpoint
        let known = try await house.database.read { try house.log.personalData(of: event, in: $0) }
        #expect(known["name"]?.datum == "张三丰之名")
        let line = try await house.database.read { try house.log.line(of: event, in: $0) }
        let written = try CanonicalJSON(parsingCanonical: line)["personal"]?["name"]?.string
        #expect(known["name"].map { Hex.encode($0.commitment) } == written)

        try await house.database.write { transaction in
            try house.log.forgetPersonalData(of: event, named: "name", actor: .officer("officer_2"), in: transaction)
        }
        #expect(
            try await house.database.read { try house.log.personalData(of: event, in: $0).keys.sorted() } == [
                "telephone"
            ])
        try await house.checkpoint()
        #expect(try await house.exportAndVerify(held: [held]).holds)
        await #expect(throws: Refusal(AuditRefusal.unknownEvent)) {
            try await house.database.write { transaction in
                try house.log.forgetPersonalData(of: event, named: "name", actor: .system, in: transaction)
            }
        }
        await house.database.close()
        let file = try Data(contentsOf: URL(fileURLWithPath: house.directory + "/database.sqlite"))
        #expect(file.range(of: Data("张三丰之名".utf8)) == nil)
        #expect(file.range(of: Data("13800000000".utf8)) != nil)
    }

    @Test func evidenceStandsByItself() async throws {
        let house = try AuditHouse()
        let events = try await house.record(11)
        #expect(try await house.database.read { try house.log.evidence(of: events[4], in: $0) } == nil)
        try await house.checkpoint()
        try await house.record(4)
        try await house.checkpoint()
        let evidence = try #require(
            try await house.database.read { try house.log.evidence(of: events[4], in: $0) })
        #expect(evidence.signed.checkpoint.size == 11)
        let again = try #require(AuditEvidence(json: try CanonicalJSON(parsing: evidence.json.bytes)))
        #expect(again == evidence)
        #expect(again.holds(publicKey: house.key.publicKey))
        #expect(!again.holds(publicKey: try PrivateKey.generate(.p256).publicKey))
        var line = evidence.line
        line[10] ^= 1
        let bent = AuditEvidence(line: line, leaf: evidence.leaf, path: evidence.path, signed: evidence.signed)
        #expect(!bent.holds(publicKey: house.key.publicKey))
    }

    @Test func everyReasonHasItsWords() {
        #expect(Set(AuditRefusal.allCases.map(\.code)).count == AuditRefusal.allCases.count)
        for reason in AuditRefusal.allCases {
            #expect(!reason.message.zh.isEmpty && !reason.message.en.isEmpty)
            #expect(!reason.nextStep.zh.isEmpty && !reason.nextStep.en.isEmpty)
        }
    }
}
