package import Cryptography
internal import Foundation
package import Groundwork

/// An archive that holds: every file is as it was signed, the signature is the authority's, and what the files say of
/// each certificate follows from its issuer's signature and the audit.
package struct VerifiedArchive: Sendable {
    package let path: String
    package let manifest: ArchiveManifest
    package let witnessed: TimeStampedStatement
    package let serials: [SerialNumber]
    package let issuers: [Certificate]
    package let sealedAt: Instant
    /// The SHA-256 of each listed file.
    let hashes: [String: [UInt8]]

    /// A record, read anew and held against the sums once more: the folder may have changed since it was verified.
    func record(_ serial: SerialNumber) throws(Refusal) -> ArchiveRecord {
        let name = ArchiveLayout.record(serial)
        let bytes = try ArchiveReader.read(path, name)
        guard DigestAlgorithm.sha256.hash(bytes) == hashes[name], let record = ArchiveRecord(body: bytes) else {
            throw ArchiveReader.unproved("\(name): its form")
        }
        return record
    }

    /// The lines of one kind beside a certificate's record, held against the sums in the same way; none where there is
    /// no such file.
    func lines(_ kind: String, about serial: SerialNumber) throws(Refusal) -> Set<ArraySlice<UInt8>> {
        let name = ArchiveLayout.beside(serial, kind)
        guard let hash = hashes[name] else { return [] }
        let bytes = try ArchiveReader.read(path, name)
        guard DigestAlgorithm.sha256.hash(bytes) == hash else { throw ArchiveReader.unproved(name) }
        return Set(bytes.split(separator: UInt8(ascii: "\n")))
    }
}

/// Verifies an archive with nothing but its files and trusted roots.
package struct ArchiveReader: Sendable {
    let path: String
    let trust: TimeStampedStatement.Trust

    package init(path: String, trust: TimeStampedStatement.Trust) {
        self.path = path
        self.trust = trust
    }

    /// - Throws: `archive-unproved` with the first fault, `archive-unreadable`.
    package func verify() throws(Refusal) -> VerifiedArchive {
        let (manifest, witnessed, time) = try seal()
        // From here on everything is of the authority that sealed it, whichever others are trusted besides.
        let trust = trust.inAuthority(of: witnessed.signer, among: witnessed.chain, at: time)
        let hashes = try sums(manifest)
        let names = hashes.keys.sorted()
        // What does not lead to a trusted root (another family's authority; somebody's of the same name) judges
        // nothing.
        let all = try certificates(names.filter { $0.hasPrefix(ArchiveLayout.issuers + "/") })
        let issuers = all.filter { trust.isTrusted($0, among: all, at: $0.notBefore) }
        let serials = names.filter { $0.hasPrefix("records/") }.compactMap(ArchiveLayout.serial(ofRecord:))
        guard serials.count == manifest.certificates else {
            throw Self.unproved("\(serials.count) records instead of \(manifest.certificates)")
        }
        let listed = try lists(names.filter { $0.hasPrefix(ArchiveLayout.lists + "/") }, issuers, Set(serials))
        let archive = VerifiedArchive(
            path: path, manifest: manifest, witnessed: witnessed, serials: serials, issuers: issuers, sealedAt: time,
            hashes: hashes)
        let judge = try ArchiveRecordJudge(
            trust: trust, issuers: issuers, origin: manifest.origin, checkpoints: checkpoints(),
            auditKeys: auditKeys())
        for serial in serials {
            let record = try archive.record(serial)
            guard record.serial == serial else { throw Self.unproved("\(serial): another's record") }
            guard try Self.read(path, ArchiveLayout.certificate(serial)) == record.der else {
                throw Self.unproved("\(serial): the certificate's file")
            }
            try judge.verify(record, listed: listed[serial] ?? [])
        }
        return archive
    }

    private func seal() throws(Refusal) -> (ArchiveManifest, TimeStampedStatement, Instant) {
        let body = try Self.read(path, ArchiveLayout.manifest)
        guard let manifest = ArchiveManifest(body: body) else { throw Self.unproved("the manifest's form") }
        guard let signer = try pem(ArchiveLayout.signer).first else { throw Self.unproved("no signer") }
        let witnessed = TimeStampedStatement(
            body: body, signature: try Self.read(path, ArchiveLayout.signature),
            token: try Self.read(path, ArchiveLayout.token), signer: signer, chain: try pem(ArchiveLayout.chain),
            status: try Self.read(path, ArchiveLayout.signerStatus))
        do throws(Refusal) { return (manifest, witnessed, try witnessed.verify(trust)) } catch {
            throw Self.unproved("the manifest: \(error.detail)")
        }
    }

    /// Every listed file is as listed, and no other file is there.
    private func sums(_ manifest: ArchiveManifest) throws(Refusal) -> [String: [UInt8]] {
        let text = try Self.read(path, ArchiveLayout.sums)
        guard DigestAlgorithm.sha256.hash(text) == manifest.sums else { throw Self.unproved(ArchiveLayout.sums) }
        let hashes = try ArchiveSums(text).hashes
        for (name, hash) in hashes where DigestAlgorithm.sha256.hash(try Self.read(path, name)) != hash {
            throw Self.unproved(name)
        }
        let beyond = Set(ArchiveFolder.names(in: path)).subtracting(hashes.keys).subtracting(ArchiveLayout.proofs)
        if let name = beyond.min() { throw Self.unproved("\(name) is not listed") }
        return hashes
    }

    private func certificates(_ names: [String]) throws(Refusal) -> [Certificate] {
        var found: [Certificate] = []
        for name in names { found.append(try Certificate(der: Self.read(path, name))) }
        return found
    }

    private func pem(_ name: String) throws(Refusal) -> [Certificate] {
        let text = String(decoding: try Self.read(path, name), as: UTF8.self)
        var found: [Certificate] = []
        for block in try PEM.decode(text) where block.label == "CERTIFICATE" {
            found.append(try Certificate(der: block.der))
        }
        return found
    }

    /// Checks the lists, and gives what they say of the certificates of the archive.
    private func lists(
        _ names: [String], _ issuers: [Certificate], _ serials: Set<SerialNumber>
    ) throws(Refusal) -> [SerialNumber: [ArchiveRecordJudge.Listed]] {
        var listed: [SerialNumber: [ArchiveRecordJudge.Listed]] = [:]
        for name in names {
            let list = try CertificateList(der: Self.read(path, name))
            guard issuers.contains(where: { $0.subject == list.issuer && list.isSigned(by: $0.publicKey) }) else {
                throw Self.unproved("\(name): its signature")
            }
            for entry in list.entries where serials.contains(entry.serialNumber) {
                listed[entry.serialNumber, default: []].append(
                    ArchiveRecordJudge.Listed(issuer: list.issuer, since: entry.revokedAt))
            }
        }
        return listed
    }

    private func checkpoints() throws(Refusal) -> [[UInt8]] {
        try Self.read(path, ArchiveLayout.checkpoints).split(separator: UInt8(ascii: "\n")).map { Array($0) }
    }

    private func auditKeys() throws(Refusal) -> [Certificate] { try pem(ArchiveLayout.auditKeys) }

    static func read(_ path: String, _ name: String) throws(Refusal) -> [UInt8] {
        let facts = try? FileManager.default.attributesOfItem(atPath: path + "/" + name)
        guard facts?[.type] as? FileAttributeType == .typeRegular, facts?[.size] as? Int ?? .max <= 1 << 28,
            let data = FileManager.default.contents(atPath: path + "/" + name)
        else {
            throw Refusal(ArchiveRefusal.archiveUnreadable, facts: ["file": name])
        }
        return Array(data)
    }

    static func unproved(_ what: String) -> Refusal {
        Refusal(ArchiveRefusal.archiveUnproved, detail: what, facts: ["what": what])
    }
}
