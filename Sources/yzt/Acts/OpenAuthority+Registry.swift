import Audit
import Cryptography
import Foundation
import Groundwork
import LegalEntities
import Storage

extension OpenAuthority {
    /// Reads a registry file into the store, on an officer's order for exactly this file.
    func importRegistry(_ path: String, reason: String, by keys: OrderingKeys) async throws -> ImportReport {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Refusal(CommandRefusal.unreadableFile, facts: ["path": path])
        }
        let file = try FeedFile(at: path) { DigestAlgorithm.sha256.hash($0) }
        let feed = RegistryFeed(registry)
        let authorisation = try await order(feed.request(toImport: file, reason: reason), by: keys)
        return try await feed.importFile(file, authorisedBy: authorisation)
    }

    /// The entity of a code and its record: checked, registered, and fit to hold keys.
    func holder(_ code: String, actor: AuditActor) async throws -> (entity: LegalEntity, record: RegistryRecord) {
        let code = try await registry.code(code)
        let record = try await registry.holder(code)
        let registry = registry
        let entity = try await database.write { try registry.knownEntity(of: code, actor: actor, in: $0) }
        return (entity, record)
    }
}
