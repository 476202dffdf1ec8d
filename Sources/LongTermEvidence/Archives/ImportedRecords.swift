package import Cryptography
internal import Foundation
package import Groundwork
internal import Synchronization

/// What our table has of another authority's certificate, before it was held against the archive that brought it.
package struct TakenClaim: Sendable {
    package let serial: SerialNumber
    package let archive: [UInt8]
    /// SHA-256 of the record; `nil` where the table has none.
    package let record: [UInt8]?

    package init(serial: SerialNumber, archive: [UInt8], record: [UInt8]?) {
        self.serial = serial
        self.archive = archive
        self.record = record
    }
}

/// The records that kept archives list in their signed sums: what stands in a table is believed only as far as these
/// go.
///
/// Whoever can write to the database can make it say anything of another authority's certificate, for our audit knows
/// nothing of it. An archive's sums are read once, and anew when the file is another.
package final class ImportedRecords: Sendable {
    private struct Known {
        let stamp: [Int64]
        let sums: [SerialNumber: [UInt8]]
    }

    /// `nil`: nothing is kept here.
    private let kept: ImportedArchives?
    private let known = Mutex<[[UInt8]: Known]>([:])

    package init(_ kept: ImportedArchives?) { self.kept = kept }

    /// - Throws: `archive-not-kept`, `kept-archive-damaged`; `taken-record-differs` where the table has another record
    ///   than the archive, or none where the archive has one.
    package func check(_ claims: [TakenClaim]) throws(Refusal) {
        for claim in claims where try records(of: claim.archive)[claim.serial] != claim.record {
            throw Self.differs(claim.serial, claim.archive)
        }
    }

    package static func differs(_ serial: SerialNumber, _ archive: [UInt8]) -> Refusal {
        Refusal(
            ArchiveRefusal.takenRecordDiffers, facts: ["serial": serial.hex, "archive": Hex.encode(archive)])
    }

    /// The hashes of an archive's records.
    /// - Throws: `archive-not-kept`, `kept-archive-damaged`.
    package func records(of archive: [UInt8]) throws(Refusal) -> [SerialNumber: [UInt8]] {
        guard let kept, let stamp = Self.stamp("\(kept.path(of: archive))/\(ArchiveLayout.sums)") else {
            throw ImportedArchives.notKept(archive)
        }
        if let found = known.withLock({ $0[archive] }), found.stamp == stamp { return found.sums }
        let sums = try Self.records(kept.proven(archive).sums)
        known.withLock { $0[archive] = Known(stamp: stamp, sums: sums) }
        return sums
    }

    /// Of the sums, what is about records: the other lines are many more.
    private static func records(_ text: [UInt8]) throws(Refusal) -> [SerialNumber: [UInt8]] {
        let prefix = Array("records/".utf8)
        let lines = text.split(separator: UInt8(ascii: "\n")).filter { $0.dropFirst(66).starts(with: prefix) }
        var sums: [SerialNumber: [UInt8]] = [:]
        for (name, hash) in try ArchiveSums(Array(lines.joined(separator: [UInt8(ascii: "\n")]))).hashes {
            if let serial = ArchiveLayout.serial(ofRecord: name) { sums[serial] = hash }
        }
        return sums
    }

    /// Which file it is, and when it was last changed in any way.
    private static func stamp(_ path: String) -> [Int64]? {
        var facts = stat()
        guard stat(path, &facts) == 0 else { return nil }
        return [
            Int64(bitPattern: UInt64(facts.st_ino)), Int64(facts.st_size), Int64(facts.st_ctim.tv_sec),
            Int64(facts.st_ctim.tv_nsec),
        ]
    }
}
