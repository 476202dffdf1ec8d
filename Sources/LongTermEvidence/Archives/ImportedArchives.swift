internal import Cryptography
internal import Foundation
internal import Groundwork

/// The archives of other authorities that were imported, each kept whole in the data directory:
/// `taken-over/<the manifest's SHA-256>`.
///
/// The store answers for their certificates; whoever carries the business on (电子签名法, art. 23) needs what lies beside
/// the records too: plans, orders, logins, seals. A kept folder is still the archive that it was: it is verified by
/// itself, and a further successor takes it over like any other.
package struct ImportedArchives: Sendable {
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
            for (name, bytes) in try ImportedArchives.proofs(of: archive) { try folder.write(bytes, name) }
            for (index, (name, hash)) in archive.hashes.sorted(by: { $0.key < $1.key }).enumerated() {
                try ImportedArchives.copy(name, hash, from: archive.path, to: folder)
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
        return [(ArchiveLayout.sums, sums)] + ArchiveLayout.seal(archive.witnessed)
    }
}
