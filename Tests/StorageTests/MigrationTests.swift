import Groundwork
import Testing

@testable import Storage

@Suite struct MigrationTests {
    private func set(_ room: String, _ sqls: String...) -> MigrationSet {
        MigrationSet(
            room: room,
            migrations: sqls.enumerated().map { Migration(name: String("\(10_001 + $0)".dropFirst()), sql: $1) })
    }

    private let table = "CREATE TABLE first_table (id INTEGER PRIMARY KEY) STRICT"
    private let more = "CREATE TABLE second_table (id INTEGER REFERENCES first_table (id)) STRICT"

    @Test(arguments: StoreUnderTest.all) func newOnesAreAppliedOnce(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        let first = try home.open([set("one", table)])
        await first.close()
        // Once more does nothing.
        await first.close()
        await (try home.open([set("one", table)])).close()
        let database = try home.open([set("one", table, more), set("two", "CREATE TABLE third (id INTEGER) STRICT")])
        let names = try await database.read { transaction in
            try transaction.query("SELECT name, sha256 FROM schema_migration ORDER BY name").map { try $0.text("name") }
        }
        #expect(names == ["one/0001", "one/0002", "two/0001"])
    }

    @Test(arguments: StoreUnderTest.all) func aChangedOneStopsTheStart(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        await (try home.open([set("one", table)])).close()
        let error = #expect(throws: Refusal(StorageRefusal.migrationChanged)) {
            try home.open([set("one", table + " ")])
        }
        #expect(error?.facts["migration"] == "one/0001")
    }

    @Test(arguments: StoreUnderTest.all) func aNewerStoreStopsTheStart(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        await (try home.open([set("one", table, more)])).close()
        #expect(throws: Refusal(StorageRefusal.migrationUnknown)) { try home.open([set("one", table)]) }
    }

    @Test(arguments: StoreUnderTest.all) func aBrokenOneLeavesNothing(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        #expect(throws: Refusal(StorageRefusal.migrationFailed)) {
            try home.open([set("one", table, "CREATE TABLE nonsense")])
        }
        let database = try home.open([set("one", table)])
        #expect(try await database.count("first_table") == 0)
    }

    @Test(arguments: StoreUnderTest.all) func namesAreInOrderAndRoomsOnce(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        for sets in [
            [MigrationSet(room: "one", migrations: [Migration(name: "0002", sql: table)])],
            [MigrationSet(room: "one", migrations: [Migration(name: "1", sql: table)])],
            [set("one", table), set("one", more)],
        ] {
            #expect(throws: Refusal(StorageRefusal.migrationFailed)) { try home.open(sets) }
        }
    }

    @Test func aTableThatTakesAnyTypeIsRefused() async throws {
        #expect(throws: Refusal(StorageRefusal.migrationFailed)) {
            try SQLiteHome().open([set("one", "CREATE TABLE loose (id INTEGER)")])
        }
    }

    /// What a store remembers of a migration is what whoever opens it makes of its text.
    @Test func theFingerprintIsWhatWasBrought() async throws {
        let home = try SQLiteHome()
        let database = try home.open([set("one", table)], digest: { "\($0.count)" + String(repeating: "f", count: 62) })
        let kept = try await database.read { transaction in
            try transaction.first("SELECT sha256 FROM schema_migration")?.text("sha256")
        }
        #expect(kept == "\(table.utf8.count)" + String(repeating: "f", count: 62))
    }

    @Test func everyReasonHasItsWords() {
        #expect(Set(StorageRefusal.allCases.map(\.code)).count == StorageRefusal.allCases.count)
        for reason in StorageRefusal.allCases {
            #expect(!reason.message.zh.isEmpty && !reason.message.en.isEmpty)
            #expect(!reason.nextStep.zh.isEmpty && !reason.nextStep.en.isEmpty)
        }
    }
}
