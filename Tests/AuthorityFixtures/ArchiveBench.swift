import Audit
import CertificateRecords
import Cryptography
import Foundation
import Groundwork
import Installation
import KeyCustody
import LongTermEvidence
import Revocation
import Storage
import TimeStamping

@testable import Officers

/// What the tests of archives do again and again.
extension Bench {
    var trust: TimeStampedStatement.Trust {
        get throws {
            TimeStampedStatement.Trust(
                anchors: authority.issuers.anchors, servicePolicy: try OID(validating: "1.3.6.1.4.1.32473.1156.1.6"))
        }
    }

    func checkpoint(by authority: Authority? = nil) async throws {
        let authority = authority ?? self.authority
        let key = try authority.service(.checkpoints)
        _ = try await authority.audit.checkpoint(database: authority.database, signer: key.signer) { bytes in
            try await authority.timeStamps.token(over: bytes)
        }
    }

    /// An order to export that nobody had to sign: only the officers' own room can make one.
    static func exportOrder(_ scope: ArchiveScope, _ desk: ArchiveService) -> Authorisation {
        Authorisation(request: desk.request(toExport: scope, justification: "测试"), origin: .officers([])) {
            _ throws(Refusal) in
        }
    }

    @discardableResult
    func export(
        _ scope: ArchiveScope = .all, to name: String, by authority: Authority? = nil,
        observer: @escaping ArchiveService.Observer = { _ in }
    ) async throws -> ArchiveManifest {
        let authority = authority ?? self.authority
        return try await authority.archives.export(
            scope, to: path(name), on: Bench.exportOrder(scope, authority.archives),
            checkpoint: { try await self.checkpoint(by: authority) }, observer: observer)
    }

    /// The same once every certificate of a holder has ended.
    func exportAfterTheEnd(_ scope: ArchiveScope = .all, to name: String) async throws {
        clock.turn(seconds: 731 * 86_400)
        _ = try await authority.renewResponders()
        try await export(scope, to: name)
    }

    /// What the store knows of a certificate is another thing than before.
    func move(_ record: CertificateRecord) async throws {
        try await database.write {
            _ = try $0.execute("UPDATE certificate SET place = place + 1 WHERE serial = $1", record.serialNumber.bytes)
        }
    }

    func path(_ name: String) -> String { folder.path + "/" + name }

    /// The data directory's folder of taken-over archives.
    var kept: ImportedArchives { ImportedArchives(dataDirectory: folder.path) }

    func verified(_ name: String, trust: TimeStampedStatement.Trust? = nil) throws -> VerifiedArchive {
        try ArchiveReader(path: path(name), trust: trust ?? self.trust).verify()
    }

    /// One certificate of each fate: active, held and resumed, revoked.
    func fates() async throws -> (active: CertificateRecord, held: CertificateRecord, revoked: CertificateRecord) {
        let active = try await self.active()
        let held = try await self.active("entity-signature")
        clock.turn(seconds: 3600)
        try await authority.revocation.suspend(held.serialNumber, on: Bench.automatic)
        clock.turn(seconds: 3600)
        try await authority.revocation.resume(held.serialNumber, on: Bench.automatic)
        let revoked = try await self.active()
        clock.turn(seconds: 3600)
        try await authority.revocation.revoke(revoked.serialNumber, reason: .superseded, on: Bench.automatic)
        clock.turn(seconds: 3600)
        return (active, held, revoked)
    }

    func verdict(
        of serial: SerialNumber, at instant: Instant, by authority: Authority? = nil
    ) async throws -> ValidityFinding {
        try await (authority ?? self.authority).validity.statement(.serial(serial), at: instant).finding
    }

    /// What an insider with the statements' key can do: any file changed or added, and everything sealed anew.
    func reseal(_ name: String, writing files: [String: [UInt8]] = [:]) async throws {
        func url(_ file: String) -> URL { URL(filePath: path(name) + "/" + file) }
        for (file, bytes) in files { try Data(bytes).write(to: url(file)) }
        let apart = ["manifest", "signer", "chain", "SHA256SUMS"]
        let listed = self.files(name).filter { file in !apart.contains { file.hasPrefix($0) } }
        let sums = try listed.map { file in
            "\(Hex.encode(DigestAlgorithm.sha256.hash(Array(try Data(contentsOf: url(file))))))  \(file)\n"
        }.joined()
        try Data(sums.utf8).write(to: url("SHA256SUMS"))
        guard let before = ArchiveManifest(body: Array(try Data(contentsOf: url("manifest.json")))) else { return }
        let manifest = ArchiveManifest(
            origin: before.origin, statusBase: before.statusBase, scope: before.scope,
            certificates: before.certificates, sums: DigestAlgorithm.sha256.hash(Array(sums.utf8)),
            producedAt: before.producedAt)
        let signed = try await authority.validity.evidenceSigner.sign(manifest.body)
        for (file, bytes) in [
            "manifest.json": manifest.body, "manifest.sig": signed.signature, "manifest.tst": signed.token,
        ] { try Data(bytes).write(to: url(file)) }
    }

    func record(_ serial: SerialNumber, of name: String) throws -> ArchiveRecord? {
        let file = Bench.recordFile(serial)
        return ArchiveRecord(body: Array(try Data(contentsOf: URL(filePath: path(name) + "/" + file))))
    }

    static func recordFile(_ serial: SerialNumber) -> String { "records/\(serial.hex.suffix(2))/\(serial.hex).json" }

    /// A self-made authority of the same name, with a key of its own.
    static func namesake(of certificate: Certificate, key: PrivateKey) async throws -> Certificate {
        try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: key.family.signatureAlgorithm,
            issuer: certificate.subject, notBefore: certificate.notBefore, notAfter: certificate.notAfter,
            subject: certificate.subject, publicKey: key.publicKey,
            extensions: [
                .basicConstraints(.certificateAuthority(maxPathLength: 0)), .keyUsage([.keyCertSign, .cRLSign]),
                .subjectKeyIdentifier(key.publicKey.keyIdentifier),
            ]
        ).signed(by: SoftwareSigner(key))
    }

    /// Files of a folder, by name.
    func files(_ name: String) -> [String] {
        (FileManager.default.enumerator(atPath: path(name))?.compactMap { $0 as? String } ?? []).filter {
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(atPath: path(name) + "/" + $0, isDirectory: &isFolder)
                && !isFolder.boolValue
        }.sorted()
    }
}

extension Bench {
    /// Does something while a writer of another process holds the store.
    func whileHoldingTheStore(_ body: () async throws -> Void) async throws {
        let (holder, _) = try Bench.open(folder, surroundings)
        let entered = AsyncStream<Void>.makeStream()
        let leave = DispatchSemaphore(value: 0)
        let held = Task {
            try await holder.write { _ in
                entered.continuation.yield()
                leave.wait()
            }
        }
        for await _ in entered.stream { break }
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        leave.signal()
        try await held.value
        await holder.close()
        try outcome.get()
    }
}

extension ArchiveRecord {
    /// The same with another history.
    func with(history: [StatusEvent]) -> ArchiveRecord {
        ArchiveRecord(
            serial: serial, der: der, issuer: issuer, particulars: particulars, issuedAt: issuedAt, history: history,
            proofs: proofs, answer: answer)
    }
}

/// An observer that stops an export or the like as a kill would.
struct KilledThere: Error {}
