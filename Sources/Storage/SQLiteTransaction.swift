internal import Foundation
internal import GRDB
internal import GRDBSQLite
internal import Groundwork

/// Statements on one connection, until it is ended. Confined to the connection's queue: it is not Sendable, and the
/// closure that it is lent to is synchronous.
final class SQLiteTransaction: Transaction {
    private var connection: GRDB.Database?
    /// The first failure of the store itself. What the caller did after it cannot be trusted to be whole.
    private(set) var failure: Refusal?

    init(_ connection: GRDB.Database) { self.connection = connection }

    func end() { connection = nil }

    func execute(_ sql: String, with values: [SQLValue]) throws(Refusal) -> Int {
        try run(sql, values) { connection, statement in
            try statement.execute()
            return connection.changesCount
        }
    }

    func query(_ sql: String, with values: [SQLValue]) throws(Refusal) -> [Row] {
        try run(sql, values) { _, statement in
            let positions = Row.positions(of: statement.columnNames)
            let cursor = try GRDB.Row.fetchCursor(statement)
            var rows: [Row] = []
            while let row = try cursor.next() {
                rows.append(Row(positions: positions, values: try SQLiteTransaction.values(of: row)))
            }
            return rows
        }
    }

    func first(_ sql: String, with values: [SQLValue]) throws(Refusal) -> Row? {
        try run(sql, values) { _, statement in
            let positions = Row.positions(of: statement.columnNames)
            let cursor = try GRDB.Row.fetchCursor(statement)
            guard let found = try cursor.next() else { return nil }
            let row = Row(positions: positions, values: try SQLiteTransaction.values(of: found))
            // INSERT … RETURNING and its like do their whole work only when read to the end.
            if !statement.isReadonly { while try cursor.next() != nil {} }
            return row
        }
    }

    func scan(
        _ sql: String, with values: [SQLValue], _ body: (any ScannedRow) throws(Refusal) -> Void
    ) throws(Refusal) {
        // A refusal of the caller's own must come back as it is, not as a failure of the store.
        var refused: Refusal?
        try run(sql, values) { _, statement in
            let cursor = try GRDB.Row.fetchCursor(statement)
            while let row = try cursor.next() {
                do throws(Refusal) { try body(SQLiteScannedRow(row: row)) } catch {
                    refused = error
                    return
                }
            }
        }
        if let refused { throw refused }
    }

    private func run<Result>(
        _ sql: String, _ values: [SQLValue], _ body: (GRDB.Database, Statement) throws -> Result
    ) throws(Refusal) -> Result {
        guard let connection else {
            throw Refusal(StorageRefusal.brokenStatement, detail: "the transaction has ended")
        }
        if let failure { throw failure }
        guard !SQLiteTransaction.controlsTransactions(sql) else {
            throw Refusal(StorageRefusal.brokenStatement, detail: "not a caller's statement: \(sql.prefix(80))")
        }
        do {
            let statement = try connection.cachedStatement(sql: sql)
            try SQLiteTransaction.bind(values, to: statement)
            return try body(connection, statement)
        } catch {
            let found = SQLiteFailure(error)
            let refusal = Refusal(found.reason, detail: found.detail)
            if found.isOfTheStore || !connection.isInsideTransaction { failure = refusal }
            throw refusal
        }
    }

    /// Transactions, connections and settings belong to the writer.
    private static func controlsTransactions(_ sql: String) -> Bool {
        let word = sql.drop { $0.isWhitespace }.prefix { $0.isLetter }.uppercased()
        return ["BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "ATTACH", "DETACH", "VACUUM"]
            .contains(word)
    }

    private static func bind(_ values: [SQLValue], to statement: Statement) throws {
        let count = Int(sqlite3_bind_parameter_count(statement.sqliteStatement))
        guard count == values.count else {
            throw Refusal(
                StorageRefusal.brokenStatement,
                detail: "\(count) placeholders, \(values.count) values: \(statement.sql)")
        }
        var arguments: [String: (any DatabaseValueConvertible)?] = [:]
        for (index, value) in values.enumerated() {
            switch value {
            case .null: arguments.updateValue(nil, forKey: String(index + 1))
            case .integer(let integer): arguments[String(index + 1)] = integer
            case .blob(let bytes): arguments[String(index + 1)] = Data(bytes)
            case .text(let text):
                guard !text.utf8.contains(0) else {
                    throw Refusal(StorageRefusal.constraint, detail: "text with U+0000")
                }
                arguments[String(index + 1)] = text
            }
        }
        try statement.setArguments(StatementArguments(arguments))
    }

    private static func values(of row: GRDB.Row) throws -> [SQLValue] {
        try row.databaseValues.map { value in
            switch value.storage {
            case .null: .null
            case .int64(let integer): .integer(integer)
            case .string(let text): .text(text)
            case .blob(let data): .blob(Array(data))
            case .double: throw Refusal(StorageRefusal.unexpectedValue, detail: "a floating point number")
            }
        }
    }
}
