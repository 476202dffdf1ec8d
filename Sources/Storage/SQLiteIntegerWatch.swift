internal import GRDBSQLite
internal import Groundwork
internal import Synchronization

/// A connection of its own that only reads, with one statement.
///
/// Every commit, by whichever process, changes the head of the log's index, which all share in memory
/// (sqlite.org/walformat.html, 2.1); by that same comparison SQLite itself decides whether its pages are still true.
/// While the head is what it was before the integer was read, so is the integer. To ask SQLite costs four file locks
/// each time, 1.8 microseconds for `PRAGMA data_version` and 2.0 for the integer itself, and stands before every OCSP
/// response from memory.
final class SQLiteIntegerWatch: WatchedInteger {
    private let probe: Mutex<SQLiteProbe?>

    init(path: String, sql: String) throws(Refusal) { probe = Mutex(try SQLiteProbe(path: path, sql: sql)) }

    func value() throws(Refusal) -> Int64 {
        let outcome: Result<Int64, Refusal> = probe.withLock { probe in
            guard let probe else { return .failure(Refusal(StorageRefusal.closed)) }
            return probe.value()
        }
        return try outcome.get()
    }

    func close() { probe.withLock { $0 = nil } }
}

/// One connection with one prepared statement; owns both pointers.
private final class SQLiteProbe: @unchecked Sendable {
    // Sendable: the only reference stands in the watch's mutex, so one thread at a time is in here.
    private let connection: OpaquePointer
    private let statement: OpaquePointer
    /// The head of the log's index, and what was read when it was so.
    private var last: (head: LogIndexHead, value: Int64)?

    init(path: String, sql: String) throws(Refusal) {
        var connection: OpaquePointer?
        let opened = sqlite3_open_v2(path, &connection, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil)
        guard opened == SQLITE_OK, let connection else {
            sqlite3_close_v2(connection)
            throw Refusal(StorageRefusal.cannotOpen, detail: "SQLite \(opened)")
        }
        sqlite3_exec(connection, "PRAGMA query_only = ON; PRAGMA trusted_schema = OFF", nil, nil, nil)
        var statement: OpaquePointer?
        let prepared = sqlite3_prepare_v3(
            connection, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard prepared == SQLITE_OK, let statement else {
            sqlite3_close_v2(connection)
            throw Refusal(StorageRefusal.brokenStatement, detail: "SQLite \(prepared) in: \(sql)")
        }
        self.connection = connection
        self.statement = statement
    }

    func value() -> Result<Int64, Refusal> {
        let head = LogIndexHead(of: connection)
        if let last, last.head == head { return .success(last.value) }
        // What is committed from here on changes the head once more: it is found by the next call.
        let outcome = read()
        last = if let head, case .success(let value) = outcome { (head, value) } else { nil }
        return outcome
    }

    private func read() -> Result<Int64, Refusal> {
        // Reset ends the read transaction: a watch never keeps the log from being folded into the file.
        defer { sqlite3_reset(statement) }
        switch sqlite3_step(statement) {
        case SQLITE_ROW: return .success(sqlite3_column_int64(statement, 0))
        case SQLITE_DONE: return .failure(Refusal(StorageRefusal.unexpectedValue, detail: "no row to watch"))
        case let code: return .failure(Refusal(StorageRefusal.busy, detail: "SQLite \(code)"))
        }
    }

    deinit {
        sqlite3_finalize(statement)
        sqlite3_close_v2(connection)
    }
}
