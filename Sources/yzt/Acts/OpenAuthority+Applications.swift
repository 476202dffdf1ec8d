import Authentication
import Groundwork
import Officers

extension OpenAuthority {
    /// Registers an application on an officer's order for exactly what is registered.
    func register(_ application: RelyingApplication, reason: String, by keys: OrderingKeys) async throws {
        let request = CanonicalRequest(
            .registerApplication, subject: application.client.text, parameters: application.facts.object ?? [:],
            reason: reason, in: surroundings)
        try await applications.register(application, authorisedBy: order(request, by: keys))
    }
}
