import Foundation
import Groundwork
import Testing

@testable import Storage

/// What SQLite must do that no other back end does in the same way: durability, a full disk, locks, a killed process.
@Suite(.timeLimit(.minutes(20))) struct SQLiteTests {
    @Test func theWriterIsDurable() async throws {
        let home = try SQLiteHome()
        let database = try home.open()
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (1)") }
        let settings = try await database.write { transaction in
            try [
                transaction.first("SELECT synchronous AS v FROM pragma_synchronous")?.integer("v"),
                transaction.first("SELECT foreign_keys AS v FROM pragma_foreign_keys")?.integer("v"),
                transaction.first("SELECT secure_delete AS v FROM pragma_secure_delete")?.integer("v"),
            ]
        }
        #expect(settings == [2, 1, 1])
        let mode = try await database.read {
            try $0.first("SELECT journal_mode AS v FROM pragma_journal_mode")?.text("v")
        }
        #expect(mode == "wal")
    }

    @Test func aFullDiskFailsEverybodyAndLosesNothing() async throws {
        let home = try SQLiteHome()
        var options = DatabaseOptions()
        options.maximumPages = 40
        let database = try home.open(options: options)
        var kept = 0
        var refused: Refusal?
        for id in 0..<200 where refused == nil {
            do {
                try await database.write { transaction in
                    try transaction.execute(
                        "INSERT INTO thing (id, raw) VALUES ($1, $2)", id, [UInt8](repeating: 1, count: 3000))
                }
                kept += 1
            } catch let refusal as Refusal {
                refused = refusal
            }
        }
        #expect(refused == Refusal(StorageRefusal.diskFull))
        #expect(refused?.retry == .later)
        #expect(kept > 5)
        #expect(try await database.count() == Int64(kept))
        await database.close()
        // After space was made, the same write goes through.
        let larger = try home.open()
        #expect(try await larger.count() == Int64(kept))
        try await larger.write { transaction in
            try transaction.execute("INSERT INTO thing (id, raw) VALUES (999, $1)", [UInt8](repeating: 1, count: 3000))
        }
    }

    @Test func aCallerThatIgnoresTheFullDiskFailsAllTheSame() async throws {
        var options = DatabaseOptions()
        options.maximumPages = 30
        let database = try SQLiteHome().open(options: options)
        await #expect(throws: Refusal(StorageRefusal.diskFull)) {
            try await database.write { transaction in
                try transaction.execute("INSERT INTO thing (id) VALUES (1)")
                _ = try? transaction.execute(
                    "INSERT INTO thing (id, raw) VALUES (2, $1)", [UInt8](repeating: 0, count: 400_000))
                _ = try? transaction.execute("INSERT INTO thing (id) VALUES (3)")
            }
        }
        #expect(try await database.count() == 0)
    }

    @Test func aLockedDatabaseIsRefusedForNow() async throws {
        let home = try SQLiteHome()
        var options = DatabaseOptions()
        options.busyTimeoutMilliseconds = 30
        let holder = try home.open()
        let other = try home.open(options: options)
        let entered = AsyncStream<Void>.makeStream()
        let release = DispatchSemaphore(value: 0)
        let holding = Task {
            defer { entered.continuation.finish() }
            try await holder.write { transaction in
                try transaction.execute("INSERT INTO thing (id) VALUES (1)")
                entered.continuation.yield()
                release.wait()
            }
        }
        for await _ in entered.stream { break }
        let error = await #expect(throws: Refusal(StorageRefusal.busy)) {
            try await other.write { try $0.execute("INSERT INTO thing (id) VALUES (2)") }
        }
        #expect(error?.retry == .later)
        // Readers do not wait for a writer.
        #expect(try await other.count() == 0)
        release.signal()
        try await holding.value
        try await other.write { try $0.execute("INSERT INTO thing (id) VALUES (2)") }
        #expect(try await holder.count() == 2)
    }

    @Test func whatIsAnsweredSurvivesASuddenEnd() async throws {
        let home = try SQLiteHome()
        let database = try home.open()
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (1)") }
        let copy = try SQLiteHome()
        // The files as they lie on the disk in the middle of the next transaction: what a killed process leaves.
        try await database.write { transaction in
            try transaction.execute("INSERT INTO thing (id) VALUES (2)")
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: home.path + suffix, toPath: copy.path + suffix)
            }
        }
        #expect(try await copy.open().count() == 1)
        #expect(try await database.count() == 2)
    }

    @Test func aKilledProcessLeavesWhatItAnsweredAndNoMore() async throws {
        let home = try SQLiteHome()
        let path = home.path
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let database = try Database.open(at: path, migrations: [things])
            try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (1)") }
            try await database.write { transaction in
                try transaction.execute("INSERT INTO thing (id) VALUES (2)")
                kill(getpid(), SIGKILL)
            }
        }
        let database = try home.open()
        let ids = try await database.read { try $0.query("SELECT id FROM thing").map { try $0.integer("id") } }
        #expect(ids == [1])
    }

    @Test func anotherProcessUsesTheSameStore() async throws {
        let home = try SQLiteHome()
        let path = home.path
        let database = try home.open()
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (1)") }
        await #expect(processExitsWith: .success) { [path = path as String] in
            let database = try Database.open(at: path, migrations: [things])
            try await database.write { try $0.execute("INSERT INTO thing (id) SELECT max(id) + 1 FROM thing") }
        }
        #expect(try await database.count() == 2)
    }

    @Test func aFileThatIsNoDatabaseIsRefused() async throws {
        let home = try SQLiteHome()
        try String(repeating: "not a database ", count: 500).write(toFile: home.path, atomically: true, encoding: .utf8)
        #expect(throws: Refusal(StorageRefusal.damaged)) { try home.open() }
        #expect(throws: Refusal(StorageRefusal.cannotOpen)) {
            try Database.open(at: home.directory + "/missing/database.sqlite", migrations: [things])
        }
    }

    @Test func deletedBytesAreOverwritten() async throws {
        let home = try SQLiteHome()
        let database = try home.open()
        try await database.write { try $0.execute("INSERT INTO thing (id, name) VALUES (1, 'MARKER-IN-THE-FILE')") }
        await database.close()
        func holdsMarker() throws -> Bool {
            try ["", "-wal"].contains { suffix in
                guard FileManager.default.fileExists(atPath: home.path + suffix) else { return false }
                let bytes = try Data(contentsOf: URL(fileURLWithPath: home.path + suffix))
                return bytes.range(of: Data("MARKER-IN-THE-FILE".utf8)) != nil
            }
        }
        #expect(try holdsMarker())
        let again = try home.open()
        try await again.write { try $0.execute("DELETE FROM thing") }
        await again.close()
        #expect(try !holdsMarker())
    }

    @Test func onlyOneMayServeADirectory() async throws {
        let home = try SQLiteHome()
        do {
            let lock = try DataDirectoryLock(directory: home.directory)
            let error = #expect(throws: Refusal(StorageRefusal.directoryInUse)) {
                _ = try DataDirectoryLock(directory: home.directory)
            }
            #expect(error?.nextStep.zh.isEmpty == false)
            let directory = home.directory
            await #expect(processExitsWith: .exitCode(3)) { [directory = directory as String] in
                await Task.yield()
                do {
                    _ = try DataDirectoryLock(directory: directory)
                } catch let refusal as Refusal where refusal.isBecause(StorageRefusal.directoryInUse) {
                    exit(3)
                }
            }
            withExtendedLifetime(lock) {}
        }
        _ = try DataDirectoryLock(directory: home.directory)
        #expect(throws: Refusal(StorageRefusal.cannotOpen)) {
            _ = try DataDirectoryLock(directory: home.directory + "/missing")
        }
    }
}
