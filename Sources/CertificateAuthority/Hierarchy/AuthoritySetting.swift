internal import Groundwork
package import Storage

extension Authority {
    /// Whether somebody has begun to make an authority in this store: whatever keys there are by its names are its own.
    package static func hasBegun(in database: Database) async throws -> Bool {
        try await database.read { try AuthoritySetting.value("status-base", in: $0) != nil }
    }
}

/// What was fixed when the authority was made.
enum AuthoritySetting {
    static func value(_ name: String, in transaction: any ReadTransaction) throws(Refusal) -> String? {
        try transaction.first("SELECT datum FROM authority_setting WHERE name = $1", name)?.text("datum")
    }

    static func set(_ name: String, _ datum: String, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO authority_setting (name, datum) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET datum = excluded.datum
            """, name, datum)
    }
}
