import Audit
import CreditCodes
import Groundwork
import LegalEntities
@testable import Personalisation
import SecurityKeys
import Storage
import Synchronization

/// The registry of legal entities, as a test turns it.
final class TestRegistry: HolderRegistry {
    /// Codes that arithmetic accepts.
    static let code = "91310000YY20NEF479"
    static let otherCode = "91310000132200003K"

    static func entity(_ code: String = code) throws(Refusal) -> UnifiedSocialCreditCode {
        do { return try UnifiedSocialCreditCode(trustingStored: code) } catch { throw error.refusal }
    }

    private let names = Mutex([code: "上海样例有限公司", otherCode: "上海另一有限公司"])
    private let gone = Mutex(Set<String>())

    func rename(_ code: String = code, to name: String) { names.withLock { $0[code] = name } }
    func deregister(_ code: String = code) { _ = gone.withLock { $0.insert(code) } }

    func holder(
        _ entity: UnifiedSocialCreditCode, in transaction: any ReadTransaction
    ) throws(Refusal) -> KeyHolder.Entity {
        guard let name = names.withLock({ $0[entity.text] }) else {
            throw Refusal(LegalEntitiesRefusal.notInRegistry, facts: ["code": entity.text])
        }
        guard !gone.withLock({ $0.contains(entity.text) }) else { throw Refusal(LegalEntitiesRefusal.notActive) }
        return KeyHolder.Entity(entity: entity, name: name)
    }

    func makeKnown(
        _ entity: UnifiedSocialCreditCode, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {}
}
