internal import Cryptography
internal import Foundation
internal import Groundwork

/// What a kept archive holds about one certificate.
package struct ImportedRecordBundle: Sendable {
    /// The archive's manifest's SHA-256.
    package let archive: [UInt8]
    package let origin: String
    /// Certificate, record, and what lies beside, by their names in the archive.
    package let files: [(name: String, bytes: [UInt8])]
    /// What shows that they are the archive's: manifest, its signature and time stamp, sums.
    let proofs: [(name: String, bytes: [UInt8])]

    /// What lies beside the record: each kind, and how many lines it has.
    package var beside: [(kind: String, lines: Int)] {
        files.filter { $0.name.hasPrefix("beside/") }.map { file in
            let kind = file.name.split(separator: "/").last?.split(separator: ".").first.map(String.init) ?? file.name
            return (kind, file.bytes.count { $0 == UInt8(ascii: "\n") })
        }
    }
}

extension ImportedArchives {
    /// - Throws: `archive-not-kept`.
    func requireThere(_ archive: [UInt8]) throws(Refusal) {
        guard FileManager.default.fileExists(atPath: path(of: archive)) else { throw Self.notKept(archive) }
    }

    static func notKept(_ archive: [UInt8]) -> Refusal {
        Refusal(ArchiveRefusal.archiveNotKept, facts: ["archive": Hex.encode(archive)])
    }

    /// What the archive with that manifest keeps about the certificate; `nil` where it has none of that number.
    ///
    /// Every byte is held against the manifest, whose hash the audit has.
    /// - Throws: `archive-not-kept`, `kept-archive-damaged`.
    func recordBundle(of serial: SerialNumber, in archive: [UInt8]) throws(Refusal) -> ImportedRecordBundle? {
        let (manifest, sums) = try proven(archive)
        let hashes = try ArchiveSums(sums).hashes
        guard hashes[ArchiveLayout.record(serial)] != nil else { return nil }
        let beside = ArchiveLayout.besideFolder(serial)
        var files: [(name: String, bytes: [UInt8])] = []
        for file in [ArchiveLayout.certificate(serial), ArchiveLayout.record(serial)]
            + hashes.keys.filter({ $0.hasPrefix(beside) }).sorted()
        { files.append((file, try read(file, of: archive, hashes[file]))) }
        var proofs: [(name: String, bytes: [UInt8])] = []
        for file in ArchiveLayout.proofs.sorted() { proofs.append((file, try read(file, of: archive, nil))) }
        return ImportedRecordBundle(archive: archive, origin: manifest.origin, files: files, proofs: proofs)
    }

    /// Manifest and sums, held against the manifest's hash.
    /// - Throws: `archive-not-kept`, `kept-archive-damaged`.
    func proven(_ archive: [UInt8]) throws(Refusal) -> (manifest: ArchiveManifest, sums: [UInt8]) {
        try requireThere(archive)
        guard let manifest = ArchiveManifest(body: try read(ArchiveLayout.manifest, of: archive, archive)) else {
            throw ImportedArchives.damaged(archive, ArchiveLayout.manifest)
        }
        return (manifest, try read(ArchiveLayout.sums, of: archive, manifest.sums))
    }

    private func read(_ file: String, of archive: [UInt8], _ hash: [UInt8]?) throws(Refusal) -> [UInt8] {
        let bytes = try? ArchiveReader.read(path(of: archive), file)
        guard let bytes, hash.map({ DigestAlgorithm.sha256.hash(bytes) == $0 }) ?? true else {
            throw ImportedArchives.damaged(archive, file)
        }
        return bytes
    }

    private static func damaged(_ archive: [UInt8], _ what: String) -> Refusal {
        Refusal(ArchiveRefusal.keptArchiveDamaged, facts: ["archive": Hex.encode(archive), "what": what])
    }
}
