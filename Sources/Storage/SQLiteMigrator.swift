internal import GRDB
internal import Groundwork

/// Brings the tables to what the program needs: all of it in one transaction, or nothing.
struct SQLiteMigrator {
    let sets: [MigrationSet]
    let digest: MigrationDigest
    let surroundings: Surroundings

    func migrate(_ pool: DatabasePool) throws(Refusal) {
        let composed: [NamedMigration]
        switch NamedMigration.composed(from: sets, digest: digest) {
        case .success(let migrations): composed = migrations
        case .failure(let wrong):
            throw refusal(.migrationFailed, wrong.name, "names are 0001, 0002 … in one set for each room")
        }
        do {
            try pool.writeWithoutTransaction { connection in
                try connection.inTransaction(.immediate) {
                    try migrate(connection, to: composed)
                    return .commit
                }
            }
        } catch let refusal as Refusal {
            throw refusal
        } catch {
            let failure = SQLiteFailure(error)
            throw Refusal(failure.reason, detail: failure.detail)
        }
    }

    /// The tables are already exactly what the program needs.
    func require(_ pool: DatabasePool) throws(Refusal) {
        let composed: [NamedMigration]
        switch NamedMigration.composed(from: sets, digest: digest) {
        case .success(let migrations): composed = migrations
        case .failure(let wrong): throw refusal(.migrationFailed, wrong.name, "names are 0001, 0002 …")
        }
        let applied: [String: String]
        do {
            applied = try pool.read { connection in
                let rows = try GRDB.Row.fetchAll(connection, sql: "SELECT name, sha256 FROM schema_migration")
                return Dictionary(rows.map { ($0["name"], $0["sha256"]) }) { first, _ in first }
            }
        } catch {
            let failure = SQLiteFailure(error)
            throw Refusal(failure.reason == .brokenStatement ? .cannotOpen : failure.reason, detail: failure.detail)
        }
        for migration in composed where applied[migration.name] != migration.hash {
            guard applied[migration.name] == nil else {
                throw refusal(.migrationChanged, migration.name, "in a copy")
            }
            throw refusal(.migrationFailed, migration.name, "the copy is older than this program")
        }
        if let unknown = applied.keys.sorted().first(where: { name in !composed.contains { $0.name == name } }) {
            throw refusal(.migrationUnknown, unknown, "")
        }
    }

    private func migrate(_ connection: GRDB.Database, to composed: [NamedMigration]) throws {
        try connection.execute(
            sql: """
                CREATE TABLE IF NOT EXISTS schema_migration (
                    name TEXT NOT NULL PRIMARY KEY,
                    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
                    applied_at INTEGER NOT NULL
                ) STRICT
                """)
        let rows = try GRDB.Row.fetchAll(connection, sql: "SELECT name, sha256 FROM schema_migration ORDER BY name")
        var applied: [String: String] = [:]
        for row in rows { applied[row["name"]] = row["sha256"] }
        if let unknown = applied.keys.sorted().first(where: { name in !composed.contains { $0.name == name } }) {
            throw refusal(.migrationUnknown, unknown, "")
        }
        var roomsWithNew = Set<String>()
        for migration in composed {
            if let hash = applied[migration.name] {
                // One that was applied cannot come after one of its room that was not.
                guard hash == migration.hash, !roomsWithNew.contains(migration.room) else {
                    throw refusal(.migrationChanged, migration.name, "applied \(hash), now \(migration.hash)")
                }
                continue
            }
            roomsWithNew.insert(migration.room)
            try apply(migration, to: connection)
        }
        try requireStrictTables(connection, composed.last?.name ?? "")
    }

    private func apply(_ migration: NamedMigration, to connection: GRDB.Database) throws {
        do {
            try connection.execute(sql: migration.sql)
        } catch {
            let failure = SQLiteFailure(error)
            guard !failure.isOfTheStore else { throw error }
            throw refusal(.migrationFailed, migration.name, failure.detail)
        }
        try connection.execute(
            sql: "INSERT INTO schema_migration (name, sha256, applied_at) VALUES (:name, :hash, :now)",
            arguments: ["name": migration.name, "hash": migration.hash, "now": surroundings.now().milliseconds])
    }

    /// Without STRICT, SQLite stores text in an INTEGER column without a word.
    private func requireStrictTables(_ connection: GRDB.Database, _ name: String) throws {
        let loose = try String.fetchAll(
            connection,
            sql: """
                SELECT name FROM pragma_table_list
                WHERE schema = 'main' AND type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
                ORDER BY name
                """)
        if !loose.isEmpty {
            throw refusal(.migrationFailed, name, "not STRICT: \(loose.joined(separator: ", "))")
        }
    }

    private func refusal(_ reason: StorageRefusal, _ migration: String, _ detail: String) -> Refusal {
        Refusal(reason, detail: detail, facts: ["migration": migration])
    }
}
