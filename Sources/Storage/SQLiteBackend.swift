internal import Foundation
internal import GRDB
package import Groundwork
internal import Synchronization

extension Database {
    /// Opens (or makes) the SQLite store at `path`, proves that it is durable, and applies what migrations are new.
    ///
    /// `beforeCommit` runs at the end of each group of writes. Refused when a migration was changed after it had been
    /// applied, or when the store knows a migration that this program does not.
    package static func open(
        at path: String, migrations: [MigrationSet], digest: @escaping MigrationDigest,
        surroundings: Surroundings = .real,
        options: DatabaseOptions = DatabaseOptions(), beforeCommit: [GroupHook] = []
    ) throws(Refusal) -> Database {
        let pool = try SQLiteOpening.pool(at: path, options: options)
        let migrator = SQLiteMigrator(sets: migrations, digest: digest, surroundings: surroundings)
        if options.isReadOnly { try migrator.require(pool) } else { try migrator.migrate(pool) }
        return Database(
            backend: SQLiteBackend(pool: pool, groupLimit: max(1, options.groupLimit), hooks: beforeCommit))
    }
}

/// SQLite by GRDB: one writer connection on its serial queue, a pool of readers, write-ahead log.
final class SQLiteBackend: DatabaseBackend {
    private let pool: DatabasePool
    private let groupLimit: Int
    private let hooks: [GroupHook]
    private let queue = Mutex(Queue())
    private let watches = Mutex<[SQLiteIntegerWatch]>([])

    private struct Queue {
        var waiting: [PendingWrite] = []
        var isDraining = false
        var isClosed = false
    }

    init(pool: DatabasePool, groupLimit: Int, hooks: [GroupHook]) {
        self.pool = pool
        self.groupLimit = groupLimit
        self.hooks = hooks
    }

    func submit(_ write: PendingWrite) {
        let isTaken = queue.withLock { queue in
            guard !queue.isClosed else { return false }
            queue.waiting.append(write)
            if !queue.isDraining {
                queue.isDraining = true
                // Under the lock, so that closing comes after it on the writer's queue.
                pool.asyncWriteWithoutTransaction { [self] connection in drain(connection) }
            }
            return true
        }
        if !isTaken { write.fail(Refusal(StorageRefusal.closed)) }
    }

    /// Carries out group after group until nobody waits. Runs on the writer's queue.
    private func drain(_ connection: GRDB.Database) {
        while true {
            let group: [PendingWrite] = queue.withLock { queue in
                let group = Array(queue.waiting.prefix(groupLimit))
                queue.waiting.removeFirst(group.count)
                if group.isEmpty { queue.isDraining = false }
                return group
            }
            if group.isEmpty { return }
            SQLiteWriteGroup(connection: connection, hooks: hooks).carryOut(group)
        }
    }

    func submit(_ read: PendingRead) {
        guard !queue.withLock({ $0.isClosed }) else { return read.fail(Refusal(StorageRefusal.closed)) }
        pool.asyncRead { [self] result in
            do {
                let transaction = SQLiteTransaction(try result.get())
                defer { transaction.end() }
                try read.perform(transaction)()
            } catch {
                let isClosed = error is DatabaseError && queue.withLock { $0.isClosed }
                read.fail(isClosed ? Refusal(StorageRefusal.closed) : SQLiteFailure.border(error))
            }
        }
    }

    func watch(_ sql: String) throws(Refusal) -> any WatchedInteger {
        guard !queue.withLock({ $0.isClosed }) else { throw Refusal(StorageRefusal.closed) }
        let watch = try SQLiteIntegerWatch(path: pool.path, sql: sql)
        watches.withLock { $0.append(watch) }
        return watch
    }

    func close() async {
        let wasOpen = queue.withLock { queue in
            defer { queue.isClosed = true }
            return !queue.isClosed
        }
        // SQLite takes no call on a connection that is closed.
        guard wasOpen else { return }
        // First, so that the pool's connections are the last ones and fold the log into the file.
        watches.withLock { watches in
            for watch in watches { watch.close() }
            watches = []
        }
        await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { connection in
                // The readers' connections, which close last, could not fold the log into the file.
                _ = try? connection.checkpoint(.truncate)
                continuation.resume()
            }
        }
        try? pool.close()
    }
}

/// Opens the connections and proves what SQLite must promise.
enum SQLiteOpening {
    static func pool(at path: String, options: DatabaseOptions) throws(Refusal) -> DatabasePool {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = true
        configuration.busyMode = .timeout(Double(options.busyTimeoutMilliseconds) / 1000)
        configuration.maximumReaderCount = max(1, options.readers)
        configuration.label = "storage"
        configuration.readonly = options.isReadOnly
        configuration.prepareDatabase { connection in
            try connection.execute(sql: "PRAGMA trusted_schema = OFF")
            // What is deleted (a personal datum, a replaced secret) is overwritten in the file.
            _ = try Int64.fetchOne(connection, sql: "PRAGMA secure_delete = ON")
        }
        do {
            let pool = try DatabasePool(path: path, configuration: configuration)
            if options.isReadOnly { return pool }
            try pool.writeWithoutTransaction { connection in
                // DatabasePool sets NORMAL when it turns the write-ahead log on: a power failure would undo commits.
                try connection.execute(sql: "PRAGMA synchronous = FULL")
                // A group of writes must fit: what does not is written to the log, read back and written again before
                // its COMMIT. And what many groups change is folded into the file once.
                try connection.execute(sql: "PRAGMA cache_size = -\(options.writerCacheKilobytes)")
                _ = try Int64.fetchOne(connection, sql: "PRAGMA wal_autocheckpoint = \(options.pagesBeforeCheckpoint)")
                if let pages = options.maximumPages {
                    _ = try Int64.fetchOne(connection, sql: "PRAGMA max_page_count = \(pages)")
                }
                try prove(connection)
            }
            return pool
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            let failure = SQLiteFailure(error)
            throw Refusal(failure.reason == .brokenStatement ? .cannotOpen : failure.reason, detail: failure.detail)
        }
    }

    /// Reads back, on the live writer, what was set.
    private static func prove(_ connection: GRDB.Database) throws {
        let synchronous = try Int64.fetchOne(connection, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(connection, sql: "PRAGMA journal_mode")
        let foreignKeys = try Int64.fetchOne(connection, sql: "PRAGMA foreign_keys")
        guard synchronous == 2, journal == "wal", foreignKeys == 1 else {
            throw Refusal(
                StorageRefusal.notDurable,
                detail: "synchronous \(synchronous ?? -1), journal_mode \(journal ?? "-"), foreign_keys "
                    + "\(foreignKeys ?? -1)")
        }
    }
}
