import Groundwork
import Testing

@testable import Storage

enum ThingKind: IdentifierKind { static let prefix = "thing" }
enum Colour: String, SQLBindable { case red, green }

/// What statements, values and rows do on every back end.
@Suite struct StatementConformanceTests {
    @Test(arguments: StoreUnderTest.all) func placeholdersAreBoundByName(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        let row = try await database.read { try $0.first("SELECT $2 AS b, $1 AS a, $2 AS again", 1, "two") }
        #expect(try row?.integer("a") == 1)
        #expect(try row?.text("b") == "two")
        #expect(try row?.text("again") == "two")
    }

    @Test(arguments: StoreUnderTest.all) func everyValueComesBack(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        let identifier = Identifier<ThingKind>(in: .real)
        let row = try await database.read { transaction in
            try transaction.first(
                "SELECT $1 AS i, $2 AS t, $3 AS b, $4 AS n, $5 AS empty, $6 AS flag, $7 AS moment, $8 AS id, $9 AS kind",
                Int64.min, "统一\u{1F4B3}社会", [0, 255] as [UInt8], nil as String?, [] as [UInt8], true,
                Instant(milliseconds: -5), identifier, Colour.green)
        }
        let found = try #require(row)
        #expect(try found.integer("i") == .min)
        #expect(try found.text("t") == "统一\u{1F4B3}社会")
        #expect(try found.blob("b") == [0, 255])
        #expect(try found.optionalText("n") == nil)
        #expect(try found.blob("empty") == [])
        #expect(try found.bool("flag"))
        #expect(try found.instant("moment") == Instant(milliseconds: -5))
        #expect(try found.identifier("id", ThingKind.self) == identifier)
        #expect(try found.choice("kind", Colour.self) == .green)
    }

    @Test(arguments: StoreUnderTest.all) func aRowNeverGuesses(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        let row = try #require(try await database.read { try $0.first("SELECT 'x' AS t, 2 AS i, NULL AS n") })
        let unexpected = Refusal(StorageRefusal.unexpectedValue)
        #expect(throws: unexpected) { try row.integer("t") }
        #expect(throws: unexpected) { try row.text("i") }
        #expect(throws: unexpected) { try row.blob("t") }
        #expect(throws: unexpected) { try row.text("n") }
        #expect(throws: unexpected) { try row.bool("i") }
        #expect(throws: unexpected) { try row.integer("missing") }
        #expect(throws: unexpected) { try row.choice("t", Colour.self) }
        #expect(throws: unexpected) { try row.identifier("n", ThingKind.self) }
        await #expect(throws: unexpected) { try await database.read { try $0.first("SELECT 0.5 AS half") } }
    }

    @Test(arguments: StoreUnderTest.all) func changesAreCounted(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        let counts = try await database.write { transaction in
            [
                try transaction.execute("INSERT INTO thing (id, name) VALUES (1, 'a'), (2, 'b'), (3, 'c')"),
                try transaction.execute("UPDATE thing SET kept = 1 WHERE id > $1", 1),
                try transaction.execute("UPDATE thing SET kept = 1 WHERE id > $1", 9),
                try transaction.execute("DELETE FROM thing WHERE kept = $1", true),
            ]
        }
        #expect(counts == [3, 2, 0, 2])
    }

    @Test(arguments: StoreUnderTest.all) func returningDoesItsWholeWork(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        let first = try await database.write { transaction in
            try transaction.first("INSERT INTO thing (id) VALUES (1), (2), (3) RETURNING id")?.integer("id")
        }
        #expect(first == 1)
        #expect(try await database.count() == 3)
    }

    @Test(
        arguments: StoreUnderTest.all,
        [
            ("INSERT INTO thing (id) VALUES (1)", .alreadyThere),
            ("INSERT INTO thing (name) VALUES ('a')", .alreadyThere),
            ("INSERT INTO thing (id, kept) VALUES (7, 2)", .constraint),
            ("INSERT INTO thing (id, kept) VALUES (7, NULL)", .constraint),
            ("INSERT INTO thing (id, name) VALUES (7, x'00')", .constraint),
            ("INSERT INTO part (id, thing) VALUES (1, 99)", .constraint),
            ("DELETE FROM thing WHERE id = 1", .constraint), ("SELECT nonsense FROM thing", .brokenStatement),
            ("INSERT INTO", .brokenStatement), ("SELECT 1; SELECT 2", .brokenStatement),
            ("SELECT $1", .brokenStatement), ("COMMIT", .brokenStatement), (" rollback", .brokenStatement),
            ("PRAGMA synchronous = OFF", .brokenStatement), ("SAVEPOINT mine", .brokenStatement),
        ] as [(String, StorageRefusal)])
    func whatAStatementMayNotDo(store: StoreUnderTest, refused: (String, StorageRefusal)) async throws {
        let database = try store.makeHome().open()
        try await database.write { transaction in
            try transaction.execute("INSERT INTO thing (id, name) VALUES (1, 'a')")
            try transaction.execute("INSERT INTO part (id, thing) VALUES (5, 1)")
        }
        await #expect(throws: Refusal(refused.1)) { try await database.write { try $0.execute(refused.0) } }
        // A caller may catch it and go on: the statement alone was undone.
        try await database.write { transaction in
            #expect(throws: Refusal(refused.1)) { try transaction.execute(refused.0) }
            try transaction.execute("INSERT INTO thing (id) VALUES (50)")
        }
        #expect(try await database.count() == 2)
    }

    @Test(arguments: StoreUnderTest.all) func valuesMustFitThePlaceholders(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        for (sql, values) in [("SELECT $1", []), ("SELECT $1", [1, 2]), ("SELECT $2", [1]), ("SELECT ?", [1])]
            as [(String, [SQLValue])]
        {
            await #expect(throws: Refusal(StorageRefusal.brokenStatement), "\(sql)") {
                try await database.read { try $0.query(sql, with: values) }
            }
        }
        await #expect(throws: Refusal(StorageRefusal.constraint)) {
            try await database.read { try $0.query("SELECT $1", "nul\u{0}") }
        }
    }

    @Test(arguments: StoreUnderTest.all) func readersCannotWrite(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        await #expect(throws: Refusal.self) {
            try await database.read { try $0.query("INSERT INTO thing (id) VALUES (1) RETURNING id") }
        }
        #expect(try await database.count() == 0)
    }

    @Test(arguments: StoreUnderTest.all) func aTransactionEndsWithItsClosure(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        final class Keeper: @unchecked Sendable {
            // Sendable: set by the writer before it answers, read after the answer.
            var kept: (any Transaction)?
        }
        let keeper = Keeper()
        try await database.write { keeper.kept = $0 }
        #expect(throws: Refusal(StorageRefusal.brokenStatement)) {
            try keeper.kept?.execute("INSERT INTO thing (id) VALUES (1)")
        }
    }

    @Test(arguments: StoreUnderTest.all) func aClosedStoreRefuses(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        await database.close()
        let closed = Refusal(StorageRefusal.closed)
        await #expect(throws: closed) { try await database.write { try $0.execute("DELETE FROM thing") } }
        await #expect(throws: closed) { try await database.read { try $0.query("SELECT 1 AS x") } }
    }

    @Test(arguments: StoreUnderTest.all) func closingAnswersEverybody(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        let database = try home.open()
        let written = await withTaskGroup(of: Bool?.self) { group in
            for id in 0..<60 {
                group.addTask {
                    do {
                        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES ($1)", id) }
                        return true
                    } catch {
                        return (error as? Refusal)?.isBecause(StorageRefusal.closed) == true ? false : nil
                    }
                }
                group.addTask {
                    do {
                        return try await database.count() < 0
                    } catch {
                        return (error as? Refusal)?.isBecause(StorageRefusal.closed) == true ? false : nil
                    }
                }
                if id == 30 {
                    group.addTask {
                        await database.close(); return false
                    }
                }
            }
            var written = 0
            for await answer in group {
                #expect(answer != nil)
                if answer == true { written += 1 }
            }
            return written
        }
        #expect(try await home.open().count() == Int64(written))
    }
}
