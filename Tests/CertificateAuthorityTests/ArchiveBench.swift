import Audit
import CertificateAuthority
import Cryptography
import Foundation
import Groundwork
import Officers
import Storage

/// What the tests of archives do again and again.
extension Bench {
    var trust: WitnessedStatement.Trust {
        get throws {
            WitnessedStatement.Trust(
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

    @discardableResult
    func export(
        _ scope: ArchiveScope = .all, to name: String, by authority: Authority? = nil,
        observer: @escaping ArchiveDesk.Observer = { _ in }
    ) async throws -> ArchiveManifest {
        let authority = authority ?? self.authority
        return try await authority.archives.export(
            scope, to: path(name), checkpoint: { try await self.checkpoint(by: authority) }, observer: observer)
    }

    func path(_ name: String) -> String { folder.path + "/" + name }

    func verified(_ name: String, trust: WitnessedStatement.Trust? = nil) throws -> VerifiedArchive {
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

/// An observer that stops an export or the like as a kill would.
struct KilledThere: Error {}
