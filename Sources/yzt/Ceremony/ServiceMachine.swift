import Audit
import Ceremony
import Foundation
import Groundwork
import Installation
import Officers
import Registration
import Storage

/// The service's side of a ceremony, over a data directory whose authority may not be there yet.
struct ServiceMachine: Sendable {
    let configuration: ServiceConfiguration
    let database: Database
    let installation: CeremonyInstallation

    static func open(_ configuration: ServiceConfiguration, surroundings: Surroundings = .real) throws
        -> ServiceMachine
    {
        guard FileManager.default.fileExists(atPath: configuration.data + "/database.sqlite") else {
            throw Refusal(InstallationRefusal.notInitialised, facts: ["path": configuration.data])
        }
        let database = try OpenInstallation.openDatabase(configuration, surroundings)
        let audit = AuditLog(surroundings: surroundings)
        let custody = try OpenedCustody.open(
            configuration, database: database, audit: audit, surroundings: surroundings)
        return ServiceMachine(
            configuration: configuration, database: database,
            installation: CeremonyInstallation(
                database: database, audit: audit, keys: custody.keys, surroundings: surroundings,
                isEvaluation: configuration.evaluation))
    }

    /// The order of two officers; `nil` before there are any.
    func order(
        _ part: CeremonyInstallation.Part, reason: String, _ officers: OfficerOptions
    ) async throws -> Authorisation? {
        guard try await installation.needsOrder() else { return nil }
        let open = try await OpenInstallation.open(configuration)
        do {
            let order = try await open.order(
                CeremonyInstallation.request(for: part, justification: reason, in: open.surroundings),
                by: officers.keys(open))
            await open.database.close()
            return order
        } catch {
            await open.database.close()
            throw error
        }
    }
}
