internal import Audit
internal import CertificateRecords
internal import Cryptography
internal import Foundation
package import Groundwork
internal import KeyCustody
package import Reconciliation
internal import Storage

/// Whether the store is as new as what was signed, and what is done where it is not.
extension OpenInstallation {
    private var keysDirectory: String { configuration.data + "/keys" }

    /// Looks at the ends of the signers' journals and at the kept checkpoint, at a cost that does not grow with the
    /// store; from here on this process answers, publishes and issues only where nothing is missing.
    /// - Returns: `certificate-authority.store-behind`, if the store is behind.
    @discardableResult
    package func judgeStore() async throws -> Refusal? {
        let held = try await standingCheckpoint()
        let generations = try await database.read { try HierarchyStore.all(in: $0) }
        let evidence = try StoreEvidence(keysDirectory: keysDirectory, generations: generations, held: held)
        let trouble = try await database.read { try evidence.missing(in: $0) }?.refusal
        authority.issuers.storeStatus.set(trouble)
        return trouble
    }

    /// The kept checkpoint. One that a restoration has gone back behind is moved out of the way, and is none. One that
    /// cannot be read is the audit's own alarm.
    private func standingCheckpoint() async throws -> Checkpoint? {
        let held: Checkpoint
        do {
            guard let kept = try heldCheckpoint.read()?.checkpoint else { return nil }
            held = kept
        } catch {
            guard error.isBecause(AuditRefusal.unreadableExport) else { throw error }
            return nil
        }
        guard try await database.read({ try StoreRestoration.isSuperseded(held, in: $0) }) else { return held }
        let path = heldCheckpoint.path
        guard rename(path, "\(configuration.data)/audit-head-superseded-\(held.number).jsonl") == 0 || errno == ENOENT
        else {
            throw Refusal(AuditRefusal.exportFailed, detail: "\(path): \(String(cString: strerror(errno)))")
        }
        return nil
    }

    /// A restoration over this data directory.
    package func restoration() async throws -> StoreRestoration {
        let held = try await standingCheckpoint()
        let rows = try await database.read { try HierarchyStore.all(in: $0) }
        let generations = rows.map { row in
            let path = SigningJournal.path(in: keysDirectory, key: row.keyName)
            let isHere = row.role == .issuing && FileManager.default.fileExists(atPath: path)
            return StoreRestoration.Generation(
                name: row.generation, certificate: row.certificate, shards: row.shards, journal: isHere ? path : nil,
                hasSigner: (try? authority.issuers.issuer(generation: row.generation))?.hasSigner ?? false)
        }
        return StoreRestoration(
            database: database, audit: audit, surroundings: surroundings, generations: generations, held: held)
    }
}
