internal import Cryptography
internal import Groundwork
internal import Storage

/// The tombstones over records that went into an archive: the serial number stays, and says where they are.
enum PrunedRecords {
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
}
