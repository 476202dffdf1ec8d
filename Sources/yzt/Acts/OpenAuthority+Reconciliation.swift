import AgentProtocol
import CertificateAuthority
import Groundwork
import Personalisation

/// Comparisons of everything with everything, and what is to come.
extension OpenAuthority {
    /// Signers' journals, store, published status and records of keys against each other.
    func reconciliation(journals: [String] = []) async throws -> Reconciliation {
        try await authority.reconciliation(
            keysDirectory: configuration.data + "/keys", journals: journals,
            keys: SecurityKeyRecords(database: database), scratch: configuration.data)
    }

    /// The key in a reader against its records.
    func reconcile(at terminal: Terminal) async throws -> [Difference] {
        let medium = medium(in: terminal.reader, pins: terminal.pins)
        let differences = try await personaliser().reconcile(medium, certificates: authority.certificates)
        await medium.finish()
        return differences
    }
}
