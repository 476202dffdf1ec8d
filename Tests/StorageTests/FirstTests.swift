import Foundation
import Groundwork
import Testing

@testable import Storage

@Test func writesAndReads() async throws {
    let path = NSTemporaryDirectory() + "storage-\(UUID().uuidString).sqlite"
    defer { for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) } }
    let set = MigrationSet(
        room: "test",
        migrations: [
            Migration(name: "0001", sql: "CREATE TABLE thing (id INTEGER PRIMARY KEY, name TEXT, raw BLOB) STRICT")
        ])
    let database = try Database.open(at: path, migrations: [set])
    let changed = try await database.write { try $0.execute("INSERT INTO thing VALUES ($1, $2, $3)", 1, "a", nil) }
    #expect(changed == 1)
    let row = try await database.read { try $0.first("SELECT name, raw FROM thing WHERE id = $1", 1) }
    #expect(try row?.text("name") == "a")
    #expect(try row?.optionalBlob("raw") == nil)
    let mapped = try await database.write { (transaction) in
        try transaction.first("INSERT INTO thing (id, raw) VALUES ($2, $1) RETURNING id, raw", [1, 2] as [UInt8], 7)
    }
    #expect(try mapped?.blob("raw") == [1, 2])
    await #expect(throws: Refusal(StorageRefusal.alreadyThere)) {
        try await database.write { try $0.execute("INSERT INTO thing VALUES ($1, $2, $3)", 1, "a", nil) }
    }
    await database.close()
}
