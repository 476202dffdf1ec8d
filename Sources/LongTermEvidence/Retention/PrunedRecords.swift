package import CertificateRecords
package import Cryptography
package import Groundwork
package import Storage

/// The tombstones over records that went into an archive: the serial number stays, and says where they are.
package enum PrunedRecords {
    struct Stone: Hashable, Sendable {
        let serial: SerialNumber
        /// The manifest's SHA-256.
        let archive: [UInt8]
        let prunedAt: Instant
    }

    static func find(_ serial: SerialNumber, in transaction: any ReadTransaction) throws(Refusal) -> Stone? {
        try transaction.first(
            "SELECT archive, pruned_at FROM pruned_certificate WHERE serial = $1 AND pruned_at IS NOT NULL",
            serial.bytes
        ).map { row throws(Refusal) in
            Stone(serial: serial, archive: try row.blob("archive"), prunedAt: try row.instant("pruned_at"))
        }
    }

    /// Every serial number of a range whose records went into an archive and left the store, in order.
    package static func forEach(
        in range: SerialRange, _ transaction: any ReadTransaction, _ body: (SerialNumber) -> Void
    ) throws(Refusal) {
        try transaction.forEachRow(
            """
            SELECT serial FROM pruned_certificate WHERE serial > $1 AND serial < $2 AND pruned_at IS NOT NULL
            ORDER BY serial LIMIT 2000
            """, in: range
        ) { serial, _ in body(serial) }
    }
}
