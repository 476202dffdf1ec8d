import Foundation
import Groundwork
import Storage
import Testing

@testable import Audit

enum TestAct: String, AuditAct { case happened = "test.thing.happened" }

@Test func sequencesInTheActsTransaction() async throws {
    let path = NSTemporaryDirectory() + "audit-\(UUID().uuidString).sqlite"
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    let log = AuditLog(surroundings: .real)
    let database = try Database.open(at: path, migrations: [AuditLog.migrations], beforeCommit: [log.sequencer])
    for index in 0..<5 {
        try await database.write { transaction in
            try log.record(
                AuditEvent(
                    act: TestAct.happened, actor: .system, subject: "thing", facts: ["n": .integer(Int64(index))],
                    personal: ["name": "王五"]), in: transaction)
        }
    }
    let head = try await database.read { try AuditTree.head(in: $0) }
    #expect(head?.size == 5)
    await database.close()
}
