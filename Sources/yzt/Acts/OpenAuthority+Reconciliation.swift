import AgentProtocol
import CertificateAuthority
import Groundwork
import Personalisation

/// Comparisons of everything with everything, and what is to come.
extension OpenAuthority {
    /// Signers' journals, store, published status and records of keys against each other.
    /// - Parameter address: whose lists and answers are fetched too; `nil`: none.
    func reconciliation(journals: [String] = [], servedAt address: String? = nil) async throws -> Reconciliation {
        let client = WebClient()
        let served = address.map { address in
            ServedStatus { path in
                let answer = try await client.get(address + path)
                return ServedStatus.Answer(status: answer.status, body: answer.body)
            }
        }
        return try await authority.reconciliation(
            keysDirectory: configuration.data + "/keys", journals: journals,
            keys: SecurityKeyRecords(database: database), served: served, scratch: configuration.data)
    }

    /// The key in a reader against its records.
    func reconcile(at terminal: Terminal) async throws -> [Difference] {
        try await CardSession.expectCard(in: terminal.reader, readers: readers)
        let medium = medium(in: terminal.reader, pins: terminal.pins)
        let differences = try await personaliser().reconcile(medium, certificates: authority.certificates)
        await medium.finish()
        return differences
    }
}
