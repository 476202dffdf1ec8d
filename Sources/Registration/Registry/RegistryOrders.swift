package import Audit
internal import Cryptography
internal import Foundation
internal import Groundwork
package import LegalEntities
internal import Officers
package import Storage

/// What officers order of the registry (法人库), and the entity that an act is about.
package struct RegistryOrders: Sendable {
    let ordering: Ordering
    let database: Database
    let registry: RegistryStore

    /// Over the registry whose data officers correct.
    package init(ordering: Ordering, database: Database, registry: RegistryStore) {
        self.ordering = ordering
        self.database = database
        self.registry = registry
    }

    /// Reads a registry file into the store, on an officer's order for exactly this file.
    package func importRegistry(_ path: String, reason: String, by keys: OrderingKeys) async throws -> ImportReport {
        guard FileManager.default.isReadableFile(atPath: path) else {
            throw Refusal(RegistrationRefusal.unreadableFile, facts: ["path": path])
        }
        let file = try FeedFile(at: path) { DigestAlgorithm.sha256.hash($0) }
        let feed = RegistryFeed(registry)
        let authorisation = try await ordering.order(feed.request(toImport: file, reason: reason), by: keys)
        return try await feed.importFile(file, authorisedBy: authorisation)
    }

    /// The entity of a code and its record: checked, registered, and fit to hold keys.
    package func holder(_ code: String, actor: AuditActor) async throws -> (entity: LegalEntity, record: RegistryRecord)
    {
        let code = try await registry.code(code)
        let record = try await registry.holder(code)
        let registry = registry
        let entity = try await database.write { try registry.knownEntity(of: code, actor: actor, in: $0) }
        return (entity, record)
    }
}
