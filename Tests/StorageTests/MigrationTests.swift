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
        await (try home.open([set("one", table)])).close()
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

    /// FIPS 180-4's examples, and the lengths around a block.
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (String(repeating: "a", count: 64), "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb"),
        (String(repeating: "a", count: 1_000), "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"),
    ])
    func theFingerprintIsSHA256(message: String, digest: String) {
        #expect(SHA256Digest.hexadecimal(of: Array(message.utf8)) == digest)
    }

    @Test func everyReasonHasItsWords() {
        #expect(Set(StorageRefusal.allCases.map(\.code)).count == StorageRefusal.allCases.count)
        for reason in StorageRefusal.allCases {
            #expect(!reason.message.zh.isEmpty && !reason.message.en.isEmpty)
            #expect(!reason.nextStep.zh.isEmpty && !reason.nextStep.en.isEmpty)
        }
    }
}
