internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Groundwork

/// One statement being carried out: bound, stepped through, and set back at its end, whatever happened.
///
/// It goes to SQLite itself: every act is some twenty statements, and what a general layer does for each value of each
/// (a dictionary, a copy, an object) was most of a commit. GRDB keeps the statements and owns them.
struct SQLiteStatement: ~Copyable {
    private let owner: Statement
    private let handle: OpaquePointer
    private let connection: OpaquePointer

    init(_ sql: String, _ values: [SQLValue], on database: GRDB.Database) throws {
        var owner = try database.cachedStatement(sql: sql)
        // The same text is under way further up: this one needs a statement of its own.
        if sqlite3_stmt_busy(owner.sqliteStatement) != 0 { owner = try database.makeStatement(sql: sql) }
        guard let connection = database.sqliteConnection else { throw Refusal(StorageRefusal.closed) }
        do { try owner.bind(values) } catch {
            sqlite3_clear_bindings(owner.sqliteStatement)
            throw error as? Refusal ?? owner.failure(sqlite3_extended_errcode(connection), connection)
        }
        self.owner = owner
        self.connection = connection
        handle = owner.sqliteStatement
    }

    deinit {
        sqlite3_reset(handle)
        // What was bound may be personal, and is not kept.
        sqlite3_clear_bindings(handle)
    }

    var isReadOnly: Bool { sqlite3_stmt_readonly(handle) != 0 }
    var changes: Int { Int(sqlite3_changes(connection)) }
    var columnCount: Int { Int(sqlite3_column_count(handle)) }

    /// Whether it stands on a row now; `false` at its end.
    func step() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw owner.failure(code, connection)
        }
    }

    func columnNames() -> [String] {
        (0..<Int32(columnCount)).map { sqlite3_column_name(handle, $0).map { String(cString: $0) } ?? "" }
    }

    func values() throws(Refusal) -> [SQLValue] {
        var values: [SQLValue] = []
        values.reserveCapacity(columnCount)
        for column in 0..<columnCount { values.append(try value(column)) }
        return values
    }

    func value(_ column: Int) throws(Refusal) -> SQLValue {
        let index = Int32(column)
        switch sqlite3_column_type(handle, index) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, index))
        case SQLITE_TEXT:
            guard let text = sqlite3_column_text(handle, index) else { return .text("") }
            let bytes = UnsafeBufferPointer(start: text, count: Int(sqlite3_column_bytes(handle, index)))
            return .text(String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB: return .blob(Array(blob(column)))
        case SQLITE_NULL: return .null
        default: throw Refusal(StorageRefusal.unexpectedValue, detail: "a floating point number")
        }
    }

    func isBlob(_ column: Int) -> Bool { sqlite3_column_type(handle, Int32(column)) == SQLITE_BLOB }

    /// Where the bytes lie, until the next step.
    func blob(_ column: Int) -> UnsafeRawBufferPointer {
        let start = sqlite3_column_blob(handle, Int32(column))
        return UnsafeRawBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, Int32(column))))
    }
}

extension Statement {
    fileprivate func bind(_ values: [SQLValue]) throws {
        let handle = sqliteStatement
        let count = Int(sqlite3_bind_parameter_count(handle))
        guard count == values.count else {
            throw Refusal(
                StorageRefusal.brokenStatement, detail: "\(count) placeholders, \(values.count) values: \(sql)")
        }
        for index in 0..<Int32(count) {
            // `$3` stands for the third value wherever in the text it is; no other placeholder is one of ours.
            guard let name = sqlite3_bind_parameter_name(handle, index + 1), name.pointee == CChar(0x24),
                case let number = Int(strtol(name + 1, nil, 10)), (1...count).contains(number)
            else { throw Refusal(StorageRefusal.brokenStatement, detail: "not a placeholder of ours: \(sql)") }
            let code = try bind(values[number - 1], to: index + 1)
            guard code == SQLITE_OK else { throw Unbound() }
        }
    }

    /// SQLite copies text and bytes before the call returns.
    private func bind(_ value: SQLValue, to index: Int32) throws(Refusal) -> Int32 {
        let handle = sqliteStatement
        switch value {
        case .null: return sqlite3_bind_null(handle, index)
        case .integer(let integer): return sqlite3_bind_int64(handle, index, integer)
        case .blob(let bytes):
            // Without an address it would be NULL.
            guard !bytes.isEmpty else { return sqlite3_bind_zeroblob(handle, index, 0) }
            return bytes.withUnsafeBytes {
                sqlite3_bind_blob64(handle, index, $0.baseAddress, UInt64($0.count), Self.copied)
            }
        case .text(var text):
            guard !text.isEmpty else { return sqlite3_bind_text(handle, index, "", 0, Self.copied) }
            let code: Int32? = text.withUTF8 { bytes in
                guard !bytes.contains(0) else { return nil }
                return bytes.withMemoryRebound(to: CChar.self) {
                    sqlite3_bind_text64(
                        handle, index, $0.baseAddress, UInt64($0.count), Self.copied, UInt8(SQLITE_UTF8))
                }
            }
            guard let code else { throw Refusal(StorageRefusal.constraint, detail: "text with U+0000") }
            return code
        }
    }

    /// SQLITE_TRANSIENT, a macro that Swift does not import: the destructor −1, which is never called.
    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

    /// SQLite says why.
    private struct Unbound: Error {}

    fileprivate func failure(_ code: Int32, _ connection: OpaquePointer) -> DatabaseError {
        DatabaseError(
            resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(connection)), sql: sql)
    }
}
