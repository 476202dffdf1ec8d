package import Groundwork
package import Officers
package import Storage

package import Audit

/// The register of applications that may ask for logins.
package struct RelyingApplications: Sendable {
    private let database: Database
    private let audit: AuditLog
    private let surroundings: Surroundings

    package init(database: Database, audit: AuditLog, surroundings: Surroundings) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
    }

    /// Registers an application, or changes one: the order's subject is its client id, its parameters are
    /// ``RelyingApplication/facts``.
    package func register(_ application: RelyingApplication, authorisedBy authorisation: Authorisation) async throws {
        try check(application)
        try authorisation.require(
            .registerApplication, subject: application.client.text, parameters: application.facts.object ?? [:])
        let now = surroundings.now()
        try await database.write { transaction in
            try authorisation.spend(in: transaction)
            try RelyingApplicationStore().put(application, at: now, in: transaction)
            _ = try audit.record(event(application, actor: authorisation.actor), in: transaction)
        }
    }

    /// Registers the service's own pages while the authority is being founded: an application that is there already is
    /// left as it is, so that nobody changes one this way.
    package func adopt(_ applications: [RelyingApplication]) async throws {
        for application in applications { try check(application) }
        let now = surroundings.now()
        try await database.write { transaction in
            let known = Set(try RelyingApplicationStore().applications(in: transaction).map(\.client))
            for application in applications where !known.contains(application.client) {
                try RelyingApplicationStore().put(application, at: now, in: transaction)
                _ = try audit.record(event(application, actor: .system), in: transaction)
            }
        }
    }

    package func application(_ client: ClientIdentifier) async throws -> RelyingApplication {
        try await database.read { try RelyingApplicationStore().application(client, in: $0) }
    }

    package func all() async throws -> [RelyingApplication] {
        try await database.read { try RelyingApplicationStore().applications(in: $0) }
    }

    private func check(_ application: RelyingApplication) throws(Refusal) {
        guard application.isShowable else {
            throw Refusal(AuthenticationRefusal.malformedRequest, facts: ["what": "application"])
        }
    }

    private func event(_ application: RelyingApplication, actor: AuditActor) -> AuditEvent {
        AuditEvent(
            act: AuthenticationAct.applicationRegistered, actor: actor, subject: application.client.text,
            facts: application.facts.object ?? [:])
    }
}
