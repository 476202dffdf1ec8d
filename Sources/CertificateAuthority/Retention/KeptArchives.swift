internal import Cryptography
internal import Foundation
internal import Groundwork

/// The archives of other authorities that were taken over, each kept whole in the data directory:
/// `taken-over/<the manifest's SHA-256>`.
///
/// The store answers for their certificates; whoever carries the business on (电子签名法, art. 23) needs what lies beside
/// the records too: plans, orders, logins, seals. A kept folder is still the archive that it was: it is verified by
/// itself, and a further successor takes it over like any other.
package struct KeptArchives: Sendable {
    private let directory: String

    package init(dataDirectory: String) { directory = dataDirectory + "/taken-over" }

    /// The folder of the archive with that manifest.
    package func path(of hash: [UInt8]) -> String { "\(directory)/\(Hex.encode(hash))" }

    /// Copies the archive: whole, durable and in one rename, or, where the disk is full, not at all. What is there
    /// already stays.
    ///
    /// Each file is held against the sums that were verified, for the medium may have changed since; and what a killed
    /// copy left is used again where it is right.
    /// - Parameter observer: hears how many of the listed files are there.
    /// - Throws: `archive-busy`, `archive-failed`, `archive-unproved`.
    func keep(_ archive: VerifiedArchive, observer: (Int) async throws -> Void) async throws {
        let path = path(of: archive.manifest.hash)
        if FileManager.default.fileExists(atPath: path) { return }
        mkdir(directory, 0o700)
        let folder = try ArchiveFolder(path: path)
        do {
            for (name, bytes) in try KeptArchives.proofs(of: archive) { try folder.write(bytes, name) }
            for (index, (name, hash)) in archive.hashes.sorted(by: { $0.key < $1.key }).enumerated() {
                try KeptArchives.copy(name, hash, from: archive.path, to: folder)
                try await observer(index + 1)
            }
            try folder.finish()
        } catch let refusal as Refusal {
            folder.discard()
            throw refusal
        }
    }

    private static func copy(
        _ name: String, _ hash: [UInt8], from medium: String, to folder: borrowing ArchiveFolder
    ) throws(Refusal) {
        if let there = folder.contents(name), DigestAlgorithm.sha256.hash(there) == hash { return }
        let bytes = try ArchiveReader.read(medium, name)
        guard DigestAlgorithm.sha256.hash(bytes) == hash else { throw ArchiveReader.unproved(name) }
        try folder.write(bytes, name)
    }

    /// The files that `SHA256SUMS` does not list, as they were verified.
    private static func proofs(of archive: VerifiedArchive) throws(Refusal) -> [(String, [UInt8])] {
        let sums = try ArchiveReader.read(archive.path, ArchiveLayout.sums)
        guard DigestAlgorithm.sha256.hash(sums) == archive.manifest.sums else {
            throw ArchiveReader.unproved(ArchiveLayout.sums)
        }
        let witnessed = archive.witnessed
        return [
            (ArchiveLayout.sums, sums), (ArchiveLayout.manifest, archive.manifest.body),
            (ArchiveLayout.signature, witnessed.signature), (ArchiveLayout.token, witnessed.token),
            (ArchiveLayout.signer, Array(witnessed.signer.pem.utf8)),
            (ArchiveLayout.chain, Array(witnessed.chain.map(\.pem).joined().utf8)),
            (ArchiveLayout.signerStatus, witnessed.status),
        ]
    }
}

/// What a kept archive holds about one certificate.
package struct KeptEstate: Sendable {
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

extension KeptArchives {
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
    func estate(of serial: SerialNumber, in archive: [UInt8]) throws(Refusal) -> KeptEstate? {
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
        return KeptEstate(archive: archive, origin: manifest.origin, files: files, proofs: proofs)
    }

    /// Manifest and sums, held against the manifest's hash.
    /// - Throws: `archive-not-kept`, `kept-archive-damaged`.
    func proven(_ archive: [UInt8]) throws(Refusal) -> (manifest: ArchiveManifest, sums: [UInt8]) {
        try requireThere(archive)
        guard let manifest = ArchiveManifest(body: try read(ArchiveLayout.manifest, of: archive, archive)) else {
            throw KeptArchives.damaged(archive, ArchiveLayout.manifest)
        }
        return (manifest, try read(ArchiveLayout.sums, of: archive, manifest.sums))
    }

    private func read(_ file: String, of archive: [UInt8], _ hash: [UInt8]?) throws(Refusal) -> [UInt8] {
        let bytes = try? ArchiveReader.read(path(of: archive), file)
        guard let bytes, hash.map({ DigestAlgorithm.sha256.hash(bytes) == $0 }) ?? true else {
            throw KeptArchives.damaged(archive, file)
        }
        return bytes
    }

    private static func damaged(_ archive: [UInt8], _ what: String) -> Refusal {
        Refusal(ArchiveRefusal.keptArchiveDamaged, facts: ["archive": Hex.encode(archive), "what": what])
    }
}
