package import AgentProtocol
package import CertificateRecords
package import CreditCodes
internal import Groundwork
package import Personalisation
package import SecurityKeys
internal import Storage

/// Acts and questions that need no key in a terminal.
extension KeyRegistration {
    /// 挂失, 撤销挂失, 注销, 放弃: ordered for exactly the certificates that it concerns at this moment.
    package func carryOut(
        _ intent: Personaliser.RecordIntent, on medium: MediumNumber, reason: String, by keys: OrderingKeys
    ) async throws {
        let personaliser = personaliser()
        let order = try await personaliser.order(to: intent, medium)
        let authorisation = try await ordering.order(
            order.request(reason: reason, in: ordering.surroundings), by: keys)
        try await personaliser.carryOut(intent, on: medium, order: .authorised(authorisation))
    }

    /// The record of a key, with what its certificates are now.
    package func key(_ name: MediumNumber) async throws -> (key: SecurityKey, certificates: [CertificateRecord])? {
        guard let key = try await database.read({ try SecurityKeyStore.key(name, in: $0) }) else { return nil }
        return (key, try await authority.certificates.certificates(medium: name.bytes))
    }

    /// All keys of an entity, the newest first.
    package func keys(of entity: UnifiedSocialCreditCode) async throws -> [SecurityKey] {
        try await database.read { try SecurityKeyStore.keys(of: entity, in: $0) }
    }

    /// What waits for its key, the oldest first.
    package func openPlans() async throws -> [PlanJournal.OpenPlan] { try await personaliser().openPlans() }
}
