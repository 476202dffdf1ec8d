package import Audit
package import CreditCodes
package import Groundwork
package import LegalEntities
package import SecurityKeys
package import Storage

/// The registry of legal entities as a plan sees it: asked when it begins, at each certificate, and before activation.
package protocol HolderRegistry: Sendable {
    /// What the registry says of an entity that may hold keys.
    /// - Throws: `legal-entities.not-in-registry`, `legal-entities.not-active`.
    func holder(
        _ entity: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> KeyHolder.Entity
    /// Gives the entity its stable subject when it gets its first key.
    func makeKnown(
        _ entity: UnifiedSocialCreditCode, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal)
}

/// The registry itself.
package struct RegistryHolders: HolderRegistry {
    private let registry: RegistryStore

    package init(_ registry: RegistryStore) { self.registry = registry }

    package func holder(
        _ entity: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> KeyHolder.Entity {
        let record = try registry.holder(entity, in: transaction)
        let division = registry.rules.division(record.division)
        return KeyHolder.Entity(
            entity: record.code, name: record.name, stateOrProvince: division?.province.zh, locality: division?.name.zh)
    }

    package func makeKnown(
        _ entity: UnifiedSocialCreditCode, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {
        _ = try registry.knownEntity(of: entity, actor: actor, in: transaction)
    }
}
