import Foundation
import Groundwork
import Storage
import Synchronization
import Testing

@testable import Audit

/// A checkpoint is there whole or not at all, whatever happens while it is made.
@Suite struct FaultTests {
    private struct Killed: Error {}

    @Test(arguments: [AuditStep.checkpointDrafted, .checkpointSigned, .checkpointStamped, .checkpointStored])
    func killedAtAnyStepACheckpointIsWholeOrNotThere(step: AuditStep) async throws {
        let house = try AuditHouse()
        try await house.record(3)
        await #expect(throws: Killed.self) {
            try await house.log.checkpoint(
                database: house.database, signer: house.signer,
                timeStamp: { $0 }, observer: { if $0 == step { throw Killed() } })
        }
        let kept = try await house.database.read { try house.log.newestCheckpoint(in: $0) }
        #expect((kept != nil) == (step == .checkpointStored))
        #expect(try await house.store().holds)
        // Doing it again is harmless, and gives one checkpoint.
        let again = try await house.checkpoint()
        #expect(again.checkpoint.number == 0 && again.checkpoint.size == 3)
        #expect(try await house.exportAndVerify().checkpoints == 1)
    }

    @Test func aTimeStampThatComesTooLateMakesNoCheckpoint() async throws {
        let clock = Mutex(Instant(seconds: 1_790_000_000))
        var surroundings = Surroundings.real
        surroundings.now = { clock.withLock { $0 } }
        let house = try AuditHouse(surroundings: surroundings)
        try await house.record(3)
        func checkpoint(after seconds: Int64) async throws -> SignedCheckpoint {
            try await house.log.checkpoint(database: house.database, signer: house.signer) { bytes in
                clock.withLock { $0 = $0.adding(seconds: seconds) }
                return bytes
            }
        }
        for seconds in [301, -301] as [Int64] {
            await #expect(throws: Refusal(AuditRefusal.stampedTooLate)) { try await checkpoint(after: seconds) }
            #expect(try await house.database.read { try house.log.newestCheckpoint(in: $0) } == nil)
        }
        #expect(try await checkpoint(after: 300).checkpoint.number == 0)
    }

    @Test func aFullDiskRefusesAndLosesNothing() async throws {
        let house = try AuditHouse()
        try await house.record(300)
        try await house.checkpoint()
        await house.database.close()
        let size = try #require(
            FileManager.default.attributesOfItem(atPath: house.file)[.size] as? Int)
        var options = DatabaseOptions()
        options.maximumPages = size / 4096 + 2
        let full = try Database.open(
            at: house.file, migrations: [AuditLog.migrations], options: options, beforeCommit: [house.log.sequencer])
        func record() async throws {
            _ = try await full.write { transaction in
                for index in 0..<200 {
                    try house.log.record(
                        AuditEvent(act: TestAct.happened, actor: .system, subject: "\(index)"), in: transaction)
                }
            }
        }
        await #expect(throws: Refusal.self) { for _ in 0..<20 { try await record() } }
        // The disk is full; what is there still holds and is signed or refused, never half.
        _ = try? await house.log.checkpoint(database: full, signer: house.signer) { _ in
            [UInt8](repeating: 7, count: 100_000)
        }
        let trust = house.trust
        let verdict = try await full.read { try AuditStoreCheck(trust: trust, transaction: $0).verdict() }
        #expect(verdict.holds && verdict.checkpoints == 1)
        await full.close()
        let roomy = try Database.open(
            at: house.file, migrations: [AuditLog.migrations], beforeCommit: [house.log.sequencer])
        try await roomy.write { transaction in
            _ = try house.log.record(
                AuditEvent(act: TestAct.happened, actor: .system, subject: "again"), in: transaction)
        }
        #expect(try await house.log.checkpoint(database: roomy, signer: house.signer).checkpoint.number == 1)
        await roomy.close()
    }

    @Test func aLockedStoreIsTriedLater() async throws {
        let house = try AuditHouse()
        try await house.record(2)
        var options = DatabaseOptions()
        options.busyTimeoutMilliseconds = 20
        let impatient = try Database.open(
            at: house.file, migrations: [AuditLog.migrations], options: options, beforeCommit: [house.log.sequencer])
        let refusal = try await house.database.write { transaction -> Refusal? in
            // This process holds the writer's place while the other one wants to store its checkpoint.
            _ = try transaction.execute("UPDATE audit_tree SET size = size WHERE id = 1")
            let answer = Answer()
            let ended = DispatchSemaphore(value: 0)
            Task {
                do { _ = try await house.log.checkpoint(database: impatient, signer: house.signer) } catch {
                    answer.set(error as? Refusal)
                }
                ended.signal()
            }
            ended.wait()
            return answer.get()
        }
        #expect(refusal?.retry == .later)
        #expect(try await house.log.checkpoint(database: impatient, signer: house.signer).checkpoint.number == 0)
        await impatient.close()
    }

    /// Handed from one thread to another.
    private final class Answer: @unchecked Sendable {
        // @unchecked Sendable because the lock guards the only field.
        private let lock = NSLock()
        private var refusal: Refusal?
        func set(_ value: Refusal?) { lock.withLock { refusal = value } }
        func get() -> Refusal? { lock.withLock { refusal } }
    }

    @Test func twoProcessesSignOneCheckpoint() async throws {
        let house = try AuditHouse()
        try await house.record(5)
        let other = try Database.open(
            at: house.file, migrations: [AuditLog.migrations], beforeCommit: [house.log.sequencer])
        let made = try await withThrowingTaskGroup(of: SignedCheckpoint.self) { group in
            for index in 0..<8 {
                group.addTask {
                    try await house.log.checkpoint(
                        database: index.isMultiple(of: 2) ? house.database : other, signer: house.signer)
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(made.count == 1)
        #expect(try await house.store().checkpoints == 1)
        await other.close()
    }

    @Test func aClockThatWasSetBackBreaksNoChain() async throws {
        let steps = [3_000_000, 1_000_000, 2_000_000] as [Int64]
        let turn = Turn()
        let house = try AuditHouse(
            surroundings: Surroundings(
                now: { Instant(milliseconds: steps[turn.index % 3]) }, monotonicNanoseconds: { 0 },
                randomBytes: Surroundings.real.randomBytes))
        for _ in 0..<4 {
            try await house.record(2)
            try await house.checkpoint()
            turn.next()
        }
        #expect(try await house.store().holds)
        #expect(try await house.exportAndVerify().holds)
    }

    private final class Turn: @unchecked Sendable {
        // @unchecked Sendable because the lock guards the only field.
        private let lock = NSLock()
        private var count = 0
        var index: Int { lock.withLock { count } }
        func next() { lock.withLock { count += 1 } }
    }
}
