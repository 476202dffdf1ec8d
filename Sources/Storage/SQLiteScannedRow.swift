internal import Foundation
internal import GRDB
internal import Groundwork

/// The row that a cursor stands on. GRDB uses the same object for each, which is why it is only lent.
struct SQLiteScannedRow: ScannedRow {
    let row: GRDB.Row

    func optionalInteger(_ position: Int) throws(Refusal) -> Int64? {
        guard position < row.count else { throw SQLiteScannedRow.unexpected(position) }
        let value: DatabaseValue = row[position]
        switch value.storage {
        case .null: return nil
        case .int64(let integer): return integer
        default: throw SQLiteScannedRow.unexpected(position)
        }
    }

    func withBlob<Value>(_ position: Int, _ body: (UnsafeRawBufferPointer) -> Value) throws(Refusal) -> Value {
        guard position < row.count,
            let value = try? row.withUnsafeData(atIndex: position, { $0.map { $0.withUnsafeBytes(body) } })
        else { throw SQLiteScannedRow.unexpected(position) }
        return value
    }

    private static func unexpected(_ position: Int) -> Refusal {
        Refusal(StorageRefusal.unexpectedValue, detail: "column \(position) of a scan")
    }
}
