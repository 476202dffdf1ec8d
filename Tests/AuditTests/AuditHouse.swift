import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import Storage
import Testing

@testable import Audit

enum TestAct: String, AuditAct { case happened = "test.thing.happened" }

/// One audit in a directory of its own, with room for exports.
final class AuditHouse: Sendable {
    let directory: String
    let log: AuditLog
    let database: Database
    let key: PrivateKey

    init(surroundings: Surroundings = .real, family: AlgorithmFamily = .p256, with more: [MigrationSet] = []) throws {
        directory = NSTemporaryDirectory() + "audit-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        log = AuditLog(surroundings: surroundings)
        database = try Database.open(
            at: directory + "/database.sqlite", migrations: [AuditLog.migrations] + more,
            beforeCommit: [log.sequencer])
        key = try PrivateKey.generate(family)
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    var export: String { directory + "/export" }
    var signer: SoftwareSigner { SoftwareSigner(key) }
    var trust: AuditTrust { AuditTrust(keys: [key.publicKey]) }
    var file: String { directory + "/database.sqlite" }

    @discardableResult
    func record(_ count: Int, personal: [String: String] = [:]) async throws -> [AuditEventIdentifier] {
        try await database.write { [log] transaction in
            try (0..<count).map { index in
                try log.record(
                    AuditEvent(
                        act: TestAct.happened, actor: .officer("officer_1"), subject: "thing_\(index)",
                        facts: ["n": .integer(Int64(index))], personal: personal), in: transaction)
            }
        }
    }

    @discardableResult
    func checkpoint() async throws -> SignedCheckpoint {
        try await log.checkpoint(database: database, signer: signer)
    }

    func exportAndVerify(held: [Checkpoint] = []) async throws -> AuditVerdict {
        try await log.export(to: export, database: database, trust: trust)
        return try verify(held: held)
    }

    func verify(held: [Checkpoint] = []) throws -> AuditVerdict {
        try AuditVerifier.verify(directory: export, publicKey: key.publicKey, held: held)
    }

    /// The whole stored log against itself.
    func store(held: [Checkpoint] = []) async throws -> AuditVerdict {
        let trust = trust
        return try await database.read {
            try AuditStoreCheck(trust: trust, held: held, transaction: $0).verdict()
        }
    }

    /// What is checked before each checkpoint.
    func head(held: Checkpoint? = nil) async throws -> [AuditFault] {
        let trust = trust
        return try await database.read { try AuditHeadCheck(trust: trust, held: held, transaction: $0).faults() }
    }

    /// Edits the store as somebody would who has the file and a common tool: the triggers are no obstacle.
    func editByHand(_ statements: String) throws {
        let program = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                store.execute("DROP TRIGGER " + name)
            store.executescript(sys.argv[2])
            store.commit()
            """
        let outcome = try OtherProgram.run(["python3", "-c", program, file, statements])
        #expect(outcome.status == 0, "\(outcome.output)")
    }

    func lines(_ name: String) throws -> [String] {
        try String(contentsOfFile: "\(export)/\(name)", encoding: .utf8).split(separator: "\n").map(String.init)
    }

    func put(_ lines: [String], _ name: String) throws {
        try lines.map { $0 + "\n" }.joined().write(toFile: "\(export)/\(name)", atomically: true, encoding: .utf8)
    }
}
