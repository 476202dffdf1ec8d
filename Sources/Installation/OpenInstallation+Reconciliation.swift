internal import AgentProtocol
internal import Groundwork
internal import Personalisation
package import Reconciliation
package import Registration

/// Comparisons of everything with everything.
extension OpenInstallation {
    /// Signers' journals, store, published status and records of keys against each other.
    /// - Parameter served: what the status address gives; `nil`: it is not asked.
    package func reconciliation(
        journals: [String] = [], served: ServedStatus? = nil
    ) async throws -> StoreReconciliation {
        try await authority.reconciliation(
            keysDirectory: configuration.data + "/keys", journals: journals,
            keys: SecurityKeyRecords(database: database), served: served, scratch: configuration.data)
    }

    /// An inserted key against its records.
    package func reconcile(at terminal: Terminal) async throws -> [Difference] {
        try await terminal.key.expectKey()
        let medium = terminal.key.medium()
        let differences = try await keys.personaliser().reconcile(medium, certificates: authority.certificates)
        await medium.finish()
        return differences
    }
}
