internal import Cryptography
package import Groundwork
package import Storage

/// The one counter of everything that changes what a relying party is told.
package enum StatusChange {
    package static let watched = "SELECT number FROM status_change WHERE id = 1"

    package static func number(in transaction: any ReadTransaction) throws(Refusal) -> Int64 {
        guard let row = try transaction.first(watched) else {
            throw Refusal(StorageRefusal.unexpectedValue, detail: "status_change is empty")
        }
        return try row.integer("number")
    }

    /// The next number, which belongs to this transaction's change.
    package static func next(in transaction: any Transaction) throws(Refusal) -> Int64 {
        try transaction.execute("UPDATE status_change SET number = number + 1 WHERE id = 1")
        return try number(in: transaction)
    }

    /// What changed after a number: each serial number with its last change, at most `limit` of them.
    package static func since(
        _ earlier: Int64, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [(serial: [UInt8], number: Int64)] {
        var changes: [(serial: [UInt8], number: Int64)] = []
        for table in ["revocation", "revocation_removal"] {
            try transaction.scan(
                "SELECT change_number, serial FROM \(table) WHERE change_number > $1 LIMIT $2", earlier, limit
            ) { row throws(Refusal) in
                changes.append((serial: try row.blob(1), number: try row.integer(0)))
            }
        }
        return changes
    }
}
