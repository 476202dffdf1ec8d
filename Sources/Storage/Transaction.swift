package import Groundwork

/// A consistent view of the store, lent to a closure and void afterwards: using it later is refused.
///
/// Placeholders are `$1` to `$n`, each bound by its name, so that their order in the text does not matter.
package protocol ReadTransaction: AnyObject {
    /// All rows of one statement.
    func query(_ sql: String, with values: [SQLValue]) throws(Refusal) -> [Row]
    /// The first row, if any. A statement that only reads is not read any further.
    func first(_ sql: String, with values: [SQLValue]) throws(Refusal) -> Row?
    /// Lends each row to the closure in turn, for answers of a hundred thousand rows that nobody keeps. What the
    /// closure throws ends the scan.
    func scan(
        _ sql: String, with values: [SQLValue], _ body: (any ScannedRow) throws(Refusal) -> Void
    ) throws(Refusal)
}

/// One row of a scan, read by position from 0; void after the closure it was lent to.
package protocol ScannedRow {
    /// `nil` for NULL.
    func optionalInteger(_ position: Int) throws(Refusal) -> Int64?
    /// Lends the bytes where they lie; NULL is a refusal.
    func withBlob<Value>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> Value) throws(Refusal) -> Value
}

extension ScannedRow {
    package func integer(_ position: Int) throws(Refusal) -> Int64 {
        guard let value = try optionalInteger(position) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "column \(position): expected an integer")
        }
        return value
    }

    package func blob(_ position: Int) throws(Refusal) -> [UInt8] { try withBlob(position) { Array($0) } }
}

/// The writer's transaction, as one caller of a group sees it: its own savepoint.
///
/// The closure is synchronous: no await, no signing, no effect in memory inside. What it throws rolls back its own
/// savepoint alone. After the store itself failed (disk full, input/output), the caller's part fails even if the
/// closure went on.
package protocol Transaction: ReadTransaction {
    /// Carries out one statement and says how many rows it changed.
    @discardableResult
    func execute(_ sql: String, with values: [SQLValue]) throws(Refusal) -> Int
}

extension ReadTransaction {
    package func query(_ sql: String, _ values: (any SQLBindable)?...) throws(Refusal) -> [Row] {
        try query(sql, with: values.map { $0?.sqlValue ?? .null })
    }

    package func first(_ sql: String, _ values: (any SQLBindable)?...) throws(Refusal) -> Row? {
        try first(sql, with: values.map { $0?.sqlValue ?? .null })
    }

    package func scan(
        _ sql: String, _ values: (any SQLBindable)?..., body: (any ScannedRow) throws(Refusal) -> Void
    ) throws(Refusal) {
        try scan(sql, with: values.map { $0?.sqlValue ?? .null }, body)
    }
}

extension Transaction {
    @discardableResult
    package func execute(_ sql: String, _ values: (any SQLBindable)?...) throws(Refusal) -> Int {
        try execute(sql, with: values.map { $0?.sqlValue ?? .null })
    }
}
