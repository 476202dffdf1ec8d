package import Groundwork

/// What runs at the end of each group of writes, inside its transaction, before COMMIT. When it throws, the whole
/// group fails.
package typealias GroupHook = @Sendable (any Transaction) throws -> Void

/// How a store is opened.
package struct DatabaseOptions: Sendable {
    /// How long another process may hold the store before a caller is told to try later.
    package var busyTimeoutMilliseconds: Int = 5000
    /// Connections that read at once.
    package var readers: Int = 4
    /// At most this many waiting callers share one commit.
    package var groupLimit: Int = 128
    /// What the writer keeps of the store in memory, at most.
    package var writerCacheKilobytes: Int = 64 << 10
    /// The write-ahead log is folded into the file when it has so many pages.
    package var pagesBeforeCheckpoint: Int = 8192
    /// A copy that somebody else brings up to date: every write is refused, and no table is made or changed.
    package var isReadOnly = false
    /// SQLite's `max_page_count`: the file never grows beyond it. Tests fill the disk with it.
    package var maximumPages: Int?

    package init() {}
}

/// The only truth: an SQL store with one serial writer and several readers, which survives a power failure.
///
/// Several processes may use one store at once. A write is answered after its COMMIT is on the disk, never before;
/// nothing that a task's cancellation could leave half-done, for a write once handed in is carried out or refused.
package final class Database: Sendable {
    private let backend: any DatabaseBackend

    /// A store behind another back end; SQLite's is made by
    /// ``open(at:migrations:digest:surroundings:options:beforeCommit:)``.
    package init(backend: any DatabaseBackend) { self.backend = backend }

    /// Carries out the closure in a savepoint of the writer's transaction and answers once that is committed.
    ///
    /// Callers that wait together share one commit. What the closure throws comes back unchanged, with nothing of it
    /// stored; a Refusal that says `later` means that the store lost the transaction and nothing is stored either.
    @discardableResult
    package func write<Value: Sendable>(
        _ body: @escaping @Sendable (any Transaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            submit(
                PendingWrite(
                    perform: { transaction in
                        let value = try body(transaction)
                        return { continuation.resume(returning: value) }
                    }, fail: { continuation.resume(throwing: $0) }))
        }
    }

    func submit(_ write: PendingWrite) { backend.submit(write) }

    /// Reads one consistent state, without waiting for writers.
    package func read<Value: Sendable>(
        _ body: @escaping @Sendable (any ReadTransaction) throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Value, any Error>) in
            backend.submit(
                PendingRead(
                    perform: { transaction in
                        let value = try body(transaction)
                        return { continuation.resume(returning: value) }
                    }, fail: { continuation.resume(throwing: $0) }))
        }
    }

    /// Watches one integer, such as a counter. The text has no placeholders and gives one row of one column.
    package func watch(_ sql: String) throws(Refusal) -> any WatchedInteger { try backend.watch(sql) }

    /// What the store's own check of its file finds wrong, in its words; empty where it is whole. It reads everything.
    package func integrityFaults() async throws -> [String] {
        try await read { transaction in
            try transaction.query("SELECT integrity_check AS fault FROM pragma_integrity_check").map {
                row throws(Refusal) in try row.text("fault")
            }.filter { $0 != "ok" }
        }
    }

    /// Waits for the writes that were handed in, then closes every connection. Later calls are
    /// refused; closing once more does nothing.
    package func close() async { await backend.close() }
}

/// One integer of the store, read on the caller's own thread in less than a microsecond where nothing was
/// committed: no queue, no thread, no waiting.
///
/// What it gives is at least as new as the last commit, by any process, before it was asked: so a counter in the store
/// tells whether something kept in memory is still true.
package protocol WatchedInteger: Sendable {
    /// - Throws: `storage.busy` where the store is locked at this moment; ask it in the ordinary way then.
    func value() throws(Refusal) -> Int64
}

/// One caller's write: `perform` runs inside the transaction and gives the answer that is due after COMMIT.
package struct PendingWrite: Sendable {
    package let perform: @Sendable (any Transaction) throws -> @Sendable () -> Void
    package let fail: @Sendable (any Error) -> Void
}

/// One caller's read.
package struct PendingRead: Sendable {
    package let perform: @Sendable (any ReadTransaction) throws -> @Sendable () -> Void
    package let fail: @Sendable (any Error) -> Void
}

/// What a back end does: answers each submitted closure exactly once, a write only after it is durable.
package protocol DatabaseBackend: Sendable {
    func submit(_ write: PendingWrite)
    func submit(_ read: PendingRead)
    func watch(_ sql: String) throws(Refusal) -> any WatchedInteger
    func close() async
}
