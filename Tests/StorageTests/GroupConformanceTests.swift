import Foundation
import Groundwork
import Synchronization
import Testing

@testable import Storage

/// Holds the writer until it is opened, so that the callers after it wait together and become one group.
private final class Gate: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    func pass() { semaphore.wait() }
    func open() { semaphore.signal() }
}

/// How many groups there were, and what a hook did.
private final class Groups: Sendable {
    let count = Mutex(0)
}

/// What a group of callers may rely on, on every back end.
@Suite(.timeLimit(.minutes(20))) struct GroupConformanceTests {
    /// Runs the callers as one group behind a first write, and gives each one's outcome.
    private func asOneGroup(
        _ database: Database, _ callers: [@Sendable (any Transaction) throws -> Int]
    ) async throws -> [Result<Int, any Error>] {
        let gate = Gate()
        let entered = AsyncStream<Void>.makeStream()
        let first = Task {
            defer { entered.continuation.finish() }
            try await database.write { _ in
                entered.continuation.yield()
                gate.pass()
            }
        }
        for await _ in entered.stream { break }
        let results = await withTaskGroup(of: (Int, Result<Int, any Error>).self) { group in
            let submitted = AsyncStream<Void>.makeStream()
            for (index, caller) in callers.enumerated() {
                group.addTask {
                    do {
                        return (index, .success(try await database.write(signalling: submitted.continuation, caller)))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            var waiting = callers.count
            for await _ in submitted.stream {
                waiting -= 1
                if waiting == 0 { break }
            }
            gate.open()
            var results: [Int: Result<Int, any Error>] = [:]
            for await (index, result) in group { results[index] = result }
            return callers.indices.compactMap { results[$0] }
        }
        _ = await first.result
        return results
    }

    private func insert(_ id: Int) -> @Sendable (any Transaction) throws -> Int {
        { transaction in
            try transaction.execute("INSERT INTO thing (id) VALUES ($1)", id)
            return id
        }
    }

    @Test(arguments: StoreUnderTest.all) func callersThatWaitTogetherShareACommit(store: StoreUnderTest) async throws {
        let groups = Groups()
        let database = try store.makeHome().open(hooks: [{ _ in groups.count.withLock { $0 += 1 } }])
        let results = try await asOneGroup(database, (1...20).map(insert))
        #expect(results.compactMap { try? $0.get() } == Array(1...20))
        #expect(groups.count.withLock { $0 } == 2)
        #expect(try await database.count() == 20)
    }

    @Test(arguments: StoreUnderTest.all) func aCallersThrowIsItsOwn(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        let results = try await asOneGroup(
            database,
            [
                insert(1),
                { transaction in
                    try transaction.execute("INSERT INTO thing (id) VALUES (2)")
                    throw OwnError(number: 2)
                },
                { try $0.execute("INSERT INTO thing (id) VALUES (1)") },
                { transaction in
                    try transaction.execute("INSERT INTO late_part (id, thing) VALUES (1, 77)")
                    return 4
                },
                insert(5),
            ])
        #expect(try results[0].get() == 1)
        #expect(throws: OwnError(number: 2)) { try results[1].get() }
        #expect(throws: Refusal(StorageRefusal.alreadyThere)) { try results[2].get() }
        #expect(throws: Refusal(StorageRefusal.constraint)) { try results[3].get() }
        #expect(try results[4].get() == 5)
        let ids = try await database.read {
            try $0.query("SELECT id FROM thing ORDER BY id").map { try $0.integer("id") }
        }
        #expect(ids == [1, 5])
        #expect(try await database.count("late_part") == 0)
    }

    @Test(arguments: StoreUnderTest.all) func whoEndsTheTransactionFailsAll(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (1)") }
        let results = try await asOneGroup(
            database,
            [
                insert(10),
                { transaction in
                    _ = try? transaction.execute("INSERT OR ROLLBACK INTO thing (id) VALUES (1)")
                    return 0
                },
                insert(12),
            ])
        for result in results {
            let error = #expect(throws: Refusal.self) { try result.get() }
            #expect(error?.retry == .later)
        }
        #expect(try await database.count() == 1)
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (2)") }
    }

    @Test(arguments: StoreUnderTest.all) func aHookThatThrowsFailsAll(store: StoreUnderTest) async throws {
        let isBroken = Mutex(true)
        let home = try store.makeHome()
        let database = try home.open(hooks: [
            { transaction in
                try transaction.execute("INSERT INTO part (thing) SELECT id FROM thing LIMIT 1")
                if isBroken.withLock({ $0 }) { throw OwnError() }
            }
        ])
        for result in try await asOneGroup(database, [insert(1), insert(2)]) {
            let error = #expect(throws: Refusal(StorageRefusal.transactionLost)) { try result.get() }
            #expect(error?.retry == .later)
        }
        #expect(try await database.count() == 0)
        isBroken.withLock { $0 = false }
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (2)") }
        #expect(try await database.count("part") == 1)
    }

    @Test(arguments: StoreUnderTest.all) func hooksDoNotRunWhereNothingIsStored(store: StoreUnderTest) async throws {
        let groups = Groups()
        let database = try store.makeHome().open(hooks: [{ _ in groups.count.withLock { $0 += 1 } }])
        await #expect(throws: OwnError()) { try await database.write { _ in throw OwnError() } }
        #expect(groups.count.withLock { $0 } == 0)
    }

    @Test(arguments: StoreUnderTest.all) func anAnswerMeansThatOthersSeeIt(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        let (one, other) = (try home.open(), try home.open())
        for id in 1...20 {
            try await (id.isMultiple(of: 2) ? one : other).write {
                try $0.execute("INSERT INTO thing (id) VALUES ($1)", id)
            }
            #expect(try await one.count() == id)
            #expect(try await other.count() == id)
        }
    }

    @Test(arguments: StoreUnderTest.all) func twoProcessesNeverLoseAnUpdate(store: StoreUnderTest) async throws {
        let home = try store.makeHome()
        let databases = [try home.open(), try home.open()]
        try await databases[0].write { try $0.execute("INSERT INTO thing (id, name) VALUES (1, '0')") }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<40 {
                group.addTask {
                    try await databases[index % 2].write { transaction in
                        let before = try transaction.first("SELECT name FROM thing WHERE id = 1")?.text("name") ?? ""
                        let after = String((Int(before) ?? 0) + 1)
                        try transaction.execute("UPDATE thing SET name = $1 WHERE id = 1", after)
                    }
                }
            }
            try await group.waitForAll()
        }
        let name = try await databases[1].read { try $0.first("SELECT name FROM thing")?.text("name") }
        #expect(name == "40")
    }

    @Test(arguments: StoreUnderTest.all) func readersSeeOneState(store: StoreUnderTest) async throws {
        let database = try store.makeHome().open()
        let gate = Gate()
        let entered = AsyncStream<Void>.makeStream()
        let reading = Task {
            defer { entered.continuation.finish() }
            return try await database.read { transaction in
                let before = try transaction.query("SELECT id FROM thing").count
                entered.continuation.yield()
                gate.pass()
                return (before, try transaction.query("SELECT id FROM thing").count)
            }
        }
        for await _ in entered.stream { break }
        try await database.write { try $0.execute("INSERT INTO thing (id) VALUES (1)") }
        gate.open()
        #expect(try await reading.value == (0, 0))
    }
}

extension Database {
    /// An ordinary write that also says when it has been handed in.
    fileprivate func write(
        signalling continuation: AsyncStream<Void>.Continuation,
        _ body: @escaping @Sendable (any Transaction) throws -> Int
    ) async throws -> Int {
        try await withCheckedThrowingContinuation { (answer: CheckedContinuation<Int, any Error>) in
            submit(
                PendingWrite(
                    perform: { transaction in
                        let value = try body(transaction)
                        return { answer.resume(returning: value) }
                    }, fail: { answer.resume(throwing: $0) }))
            continuation.yield()
        }
    }
}
