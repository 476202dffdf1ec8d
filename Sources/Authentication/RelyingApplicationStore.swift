import Groundwork
import Storage

/// The SQL of applications and their origins.
struct RelyingApplicationStore: Sendable {
    /// Registers the application, or replaces what is registered under its client id.
    func put(_ application: RelyingApplication, at now: Instant, in transaction: any Transaction) throws(Refusal) {
        let client = application.client.text
        try transaction.execute(
            """
            INSERT INTO relying_application (client, name_zh, name_en, department, registered_at)
            VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (client) DO UPDATE SET name_zh = $2, name_en = $3, department = $4, registered_at = $5
            """, client, application.name.zh, application.name.en, application.department, now)
        try transaction.execute("DELETE FROM relying_origin WHERE client = $1", client)
        for origin in Set(application.origins) {
            try transaction.execute(
                "INSERT INTO relying_origin (client, origin) VALUES ($1, $2)", client, origin.text)
        }
    }

    func application(
        _ client: ClientIdentifier, in transaction: any ReadTransaction
    ) throws(Refusal) -> RelyingApplication {
        let row = try transaction.first(
            "SELECT name_zh, name_en, department FROM relying_application WHERE client = $1", client.text)
        guard let row else { throw Refusal(AuthenticationRefusal.unknownClient, facts: ["client": client.text]) }
        return try application(client, row, in: transaction)
    }

    func applications(in transaction: any ReadTransaction) throws(Refusal) -> [RelyingApplication] {
        var all: [RelyingApplication] = []
        let rows = try transaction.query(
            "SELECT client, name_zh, name_en, department FROM relying_application ORDER BY client LIMIT 1000")
        for row in rows { all.append(try application(ClientIdentifier(row.text("client")), row, in: transaction)) }
        return all
    }

    private func application(
        _ client: ClientIdentifier, _ row: Row, in transaction: any ReadTransaction
    ) throws(Refusal) -> RelyingApplication {
        var origins: [WebOrigin] = []
        let rows = try transaction.query(
            "SELECT origin FROM relying_origin WHERE client = $1 ORDER BY origin", client.text)
        for row in rows { origins.append(try WebOrigin(row.text("origin"))) }
        return RelyingApplication(
            client: client, name: LocalisedText(zh: try row.text("name_zh"), en: try row.text("name_en")),
            department: try row.text("department"), origins: origins)
    }
}
