import Audit
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage
import Testing

/// Officers at the audit while the store is full or locked: nothing by halves, and their order is not spent on nothing.
@Suite struct OversightFaultTests {
    private enum Filler: String, AuditAct { case filled = "test.disk.filled" }
    private static let migrations = [AuditLog.migrations, OfficersMigrations.set]

    /// The same store as a process has it that gets not one page more (`max_page_count`), its free room used up.
    private static func full(_ authority: Authority) async throws -> Database {
        try await authority.database.write { _ = try $0.execute("CREATE TABLE filler (datum BLOB) STRICT") }
        var options = DatabaseOptions()
        options.maximumPages = 1
        let full = try Database.open(
            at: authority.path, migrations: migrations, surroundings: authority.surroundings, options: options,
            beforeCommit: [authority.log.sequencer])
        let log = authority.log
        let ways: [@Sendable (any Transaction) throws -> Void] = [
            { _ = try $0.execute("INSERT INTO filler VALUES (randomblob(3500))") },
            { _ = try log.record(AuditEvent(act: Filler.filled, actor: .system, subject: "x"), in: $0) },
        ]
        for way in ways {
            do { while true { try await full.write(way) } } catch let refusal as Refusal {
                guard refusal.isBecause(StorageRefusal.diskFull) else { throw refusal }
            }
        }
        return full
    }

    private static func oversight(_ authority: Authority, _ database: Database? = nil) -> AuditOversight {
        AuditOversight(
            database: database ?? authority.database, audit: authority.log, surroundings: authority.surroundings)
    }

    @Test func `With a full store a countersignature is refused, and the same order signs when there is room`()
        async throws
    {
        let authority = try Authority()
        let pair = try await authority.founded()
        let key = try PrivateKey.generate(.p256)
        let checkpoint = try await authority.log.checkpoint(database: authority.database, signer: SoftwareSigner(key))
            .checkpoint
        let order = try await authority.register.authorise(
            Self.oversight(authority).request(toCountersign: checkpoint, reason: "日终"), by: [pair.approver])
        let full = try await Self.full(authority)
        await #expect(throws: Refusal(StorageRefusal.diskFull)) {
            try await Self.oversight(authority, full).countersign(checkpoint, chain: [], authorisedBy: order)
        }
        #expect(try await authority.database.read { try authority.log.lastCountersignature(in: $0) } == nil)
        _ = try await Self.oversight(authority).countersign(checkpoint, chain: [], authorisedBy: order)
        #expect(try await authority.database.read { try authority.log.lastCountersignature(in: $0) }?.number == 0)
        await full.close()
    }

    @Test func `With a full store nothing is forgotten by halves, and the same order forgets when there is room`()
        async throws
    {
        let authority = try Authority()
        let pair = try await authority.founded()
        let key = try PrivateKey.generate(.p256)
        let scope = AuditOversight.Scope(pair.officers[0].identifier.shown)
        let order = try await authority.register.authorise(
            Self.oversight(authority).request(toForget: scope, reason: "离职"), by: [pair.requester, pair.approver])
        let full = try await Self.full(authority)
        let personal = { @Sendable () async throws -> Int64 in
            try await authority.database.read {
                try $0.first("SELECT count(*) AS n FROM audit_personal")?.integer("n") ?? -1
            }
        }
        let before = try await personal()
        await #expect(throws: Refusal(StorageRefusal.diskFull)) {
            try await Self.oversight(authority, full).forget(scope, authorisedBy: order)
        }
        #expect(try await personal() == before)
        #expect(try await Self.oversight(authority).forget(scope, authorisedBy: order).count == 1)
        _ = try await authority.log.checkpoint(database: authority.database, signer: SoftwareSigner(key))
        let verdict = try await authority.database.read {
            try AuditStoreCheck(trust: AuditTrust(keys: [key.publicKey]), transaction: $0).verdict()
        }
        #expect(verdict.holds && verdict.deletedPersonal == 1, "\(verdict.faults)")
        await full.close()
    }
}
