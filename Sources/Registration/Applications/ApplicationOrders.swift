package import Authentication
internal import Groundwork
internal import Officers

/// Departments' applications, registered on an officer's order (应用登记).
package struct ApplicationOrders: Sendable {
    let ordering: Ordering
    let applications: RelyingApplications

    /// Over the register of departments' applications.
    package init(ordering: Ordering, applications: RelyingApplications) {
        self.ordering = ordering
        self.applications = applications
    }

    /// Registers an application on an officer's order for exactly what is registered.
    package func register(_ application: RelyingApplication, reason: String, by keys: OrderingKeys) async throws {
        let request = CanonicalRequest(
            .registerApplication, subject: application.client.text, parameters: application.facts.object ?? [:],
            reason: reason, in: ordering.surroundings)
        try await applications.register(application, authorisedBy: ordering.order(request, by: keys))
    }
}
