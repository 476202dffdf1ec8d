package import Cryptography
package import Groundwork
package import Storage

/// The serial numbers between two byte strings, neither included: serial numbers are random, so those that begin with
/// one byte are a part of the store that is small enough for memory.
package struct SerialRange: Sendable {
    package let after: [UInt8]
    package let before: [UInt8]

    package init(after: [UInt8], before: [UInt8]) {
        self.after = after
        self.before = before
    }

    /// Those that begin with this byte, 1 to 127.
    package init(firstByte: Int) { self.init(after: [UInt8(firstByte)], before: [UInt8(firstByte + 1)]) }
}

extension ReadTransaction {
    /// Lends the rows of a range to the closure, in the order of their column `serial`, in the memory of one page.
    /// - Parameter query: a SELECT of a column `serial`, with `serial > $1 AND serial < $2 ORDER BY serial LIMIT …`.
    package func forEachRow(
        _ query: String, in range: SerialRange, _ body: (SerialNumber, Row) throws(Refusal) -> Void
    ) throws(Refusal) {
        var last = range.after
        while true {
            let rows = try self.query(query, last, range.before)
            for row in rows {
                let serial = try row.serial("serial")
                try body(serial, row)
                last = serial.bytes
            }
            if rows.isEmpty { return }
        }
    }
}
