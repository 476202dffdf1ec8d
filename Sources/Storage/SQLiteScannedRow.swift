internal import Groundwork

/// The row that a statement stands on: the same object for each, which is why it is only lent.
final class SQLiteScannedRow: ScannedRow {
    private let statement: SQLiteStatement

    init(_ statement: consuming SQLiteStatement) { self.statement = statement }

    func next() throws -> Bool { try statement.step() }

    func optionalInteger(_ position: Int) throws(Refusal) -> Int64? {
        guard position < statement.columnCount else { throw SQLiteScannedRow.unexpected(position) }
        switch try statement.value(position) {
        case .null: return nil
        case .integer(let integer): return integer
        default: throw SQLiteScannedRow.unexpected(position)
        }
    }

    func withBlob<Value>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> Value) throws(Refusal) -> Value {
        guard position < statement.columnCount, statement.isBlob(position) else {
            throw SQLiteScannedRow.unexpected(position)
        }
        return body(statement.blob(position))
    }

    private static func unexpected(_ position: Int) -> Refusal {
        Refusal(StorageRefusal.unexpectedValue, detail: "column \(position) of a scan")
    }
}
