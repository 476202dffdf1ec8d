internal import GRDB
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
        try run(sql) { connection in
            let statement = try SQLiteStatement(sql, values, on: connection)
            while try statement.step() {}
            return statement.changes
        }
    }

    func query(_ sql: String, with values: [SQLValue]) throws(Refusal) -> [Row] {
        try run(sql) { connection in
            let statement = try SQLiteStatement(sql, values, on: connection)
            guard try statement.step() else { return [] }
            let positions = Row.positions(of: statement.columnNames())
            var rows: [Row] = []
            repeat { rows.append(Row(positions: positions, values: try statement.values())) } while try statement.step()
            return rows
        }
    }

    func first(_ sql: String, with values: [SQLValue]) throws(Refusal) -> Row? {
        try run(sql) { connection in
            let statement = try SQLiteStatement(sql, values, on: connection)
            guard try statement.step() else { return nil }
            let row = Row(positions: Row.positions(of: statement.columnNames()), values: try statement.values())
            // INSERT … RETURNING and its like do their whole work only when read to the end.
            if !statement.isReadOnly { while try statement.step() {} }
            return row
        }
    }

    func scan(
        _ sql: String, with values: [SQLValue], _ body: (any ScannedRow) throws(Refusal) -> Void
    ) throws(Refusal) {
        // A refusal of the caller's own must come back as it is, not as a failure of the store.
        var refused: Refusal?
        try run(sql) { connection in
            let row = SQLiteScannedRow(try SQLiteStatement(sql, values, on: connection))
            while try row.next() {
                do throws(Refusal) { try body(row) } catch {
                    refused = error
                    return
                }
            }
        }
        if let refused { throw refused }
    }

    private func run<Result>(_ sql: String, _ body: (GRDB.Database) throws -> Result) throws(Refusal) -> Result {
        guard let connection else {
            throw Refusal(StorageRefusal.brokenStatement, detail: "the transaction has ended")
        }
        if let failure { throw failure }
        guard !SQLiteTransaction.controlsTransactions(sql) else {
            throw Refusal(StorageRefusal.brokenStatement, detail: "not a caller's statement: \(sql.prefix(80))")
        }
        do {
            return try body(connection)
        } catch {
            let found = SQLiteFailure(error)
            let refusal = Refusal(found.reason, detail: found.detail)
            if found.isOfTheStore || !connection.isInsideTransaction { failure = refusal }
            throw refusal
        }
    }

    /// Transactions, connections and settings belong to the writer.
    private static func controlsTransactions(_ sql: String) -> Bool {
        let word = sql.utf8.drop { $0 == 0x20 || (0x09...0x0D).contains($0) }.prefix { UInt8(0x41)...0x5A ~= $0 & 0xDF }
        return reserved.contains { $0.count == word.count && zip($0, word).allSatisfy { $0 == $1 & 0xDF } }
    }

    private static let reserved = [
        "BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "ATTACH", "DETACH", "VACUUM",
    ].map { Array($0.utf8) }
}
