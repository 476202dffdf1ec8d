import Foundation
import Groundwork
import Testing

@testable import Storage

/// What a watch gives is never older than the last commit that anybody was answered for.
@Suite struct IntegerWatchTests {
    private static let sum = "SELECT coalesce(sum(id), 0) AS n FROM thing"

    @Test func itSeesEveryCommitOfThisProcess() async throws {
        let home = try SQLiteHome()
        let options = {
            var options = DatabaseOptions(); options.pagesBeforeCheckpoint = 7; return options
        }()
        let (database, other) = (try home.open(options: options), try home.open())
        let watch = try database.watch(Self.sum)
        var expected: Int64 = 0
        #expect(try watch.value() == expected)
        // The log is folded into the file and begun anew many times meanwhile.
        for id in 1...300 {
            let writer = id.isMultiple(of: 3) ? other : database
            try await writer.write { try $0.execute("INSERT INTO thing (id) VALUES ($1)", id) }
            expected += Int64(id)
            for _ in 0..<3 { #expect(try watch.value() == expected) }
        }
        await #expect(throws: OwnError(number: 1)) {
            try await database.write { transaction in
                try transaction.execute("DELETE FROM thing")
                throw OwnError(number: 1)
            }
        }
        #expect(try watch.value() == expected)
    }

    @Test func itSeesWhatAnotherProcessCommits() async throws {
        let home = try SQLiteHome()
        let path = home.path
        let database = try home.open()
        let watch = try database.watch(Self.sum)
        for round in 1...3 {
            #expect(try watch.value() == Int64(round - 1))
            await #expect(processExitsWith: .success) { [path = path as String] in
                let database = try Database.open(at: path, migrations: [things])
                try await database.write { transaction in
                    try transaction.execute("UPDATE thing SET id = id + 1")
                    if try transaction.first("SELECT 1 AS one FROM thing") == nil {
                        try transaction.execute("INSERT INTO thing (id) VALUES (1)")
                    }
                }
                await database.close()
            }
            #expect(try watch.value() == Int64(round))
        }
    }

    @Test func itNeverGoesBackWhileOthersWrite() async throws {
        let home = try SQLiteHome()
        let database = try home.open()
        let watch = try database.watch(Self.sum)
        let steps: Int64 = 200
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (1)") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    var last: Int64 = 0
                    while last <= steps {
                        let value = try watch.value()
                        #expect(value >= last)
                        last = value
                        await Task.yield()
                    }
                }
            }
            for step in 1...steps {
                try await database.write { try $0.execute("UPDATE thing SET id = id + 1") }
                #expect(try watch.value() == step + 1)
            }
            try await group.waitForAll()
        }
    }

    @Test func aClosedStoreIsNotWatched() async throws {
        let home = try SQLiteHome()
        let database = try home.open()
        let watch = try database.watch(Self.sum)
        #expect(try watch.value() == 0)
        await database.close()
        #expect(throws: Refusal(StorageRefusal.closed)) { try watch.value() }
    }
}
