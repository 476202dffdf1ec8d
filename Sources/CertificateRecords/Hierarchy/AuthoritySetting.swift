package import Groundwork
package import Storage

/// What was fixed when the authority was made.
package enum AuthoritySetting {
    package static func value(_ name: String, in transaction: any ReadTransaction) throws(Refusal) -> String? {
        try transaction.first("SELECT datum FROM authority_setting WHERE name = $1", name)?.text("datum")
    }

    /// Looks a whole number up at each asking, as cheaply as a counter in memory; 0 where the setting is absent.
    /// - Parameter name: one of ours, in plain letters: it stands in the statement.
    package static func watchInteger(
        _ name: StaticString, in database: Database
    ) throws(Refusal) -> any WatchedInteger {
        try database.watch(
            "SELECT coalesce((SELECT CAST(datum AS BIGINT) FROM authority_setting WHERE name = '\(name)'), 0)")
    }

    package static func set(_ name: String, _ datum: String, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO authority_setting (name, datum) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET datum = excluded.datum
            """, name, datum)
    }
}
