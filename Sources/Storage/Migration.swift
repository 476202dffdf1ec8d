/// One step of a room's tables, literal SQL, never edited after release.
package struct Migration: Sendable, Hashable {
    /// `0001`, then any greater numbers of four digits: topics keep their number whoever comes first.
    package let name: String
    /// Any number of statements.
    package let sql: String

    package init(name: String, sql: String) {
        self.name = name
        self.sql = sql
    }
}

/// All migrations of one room. Sets are composed in the order of the rooms.
package struct MigrationSet: Sendable, Hashable {
    /// The room in kebab case, such as `legal-entities`.
    package let room: String
    package let migrations: [Migration]

    package init(room: String, migrations: [Migration]) {
        self.room = room
        self.migrations = migrations
    }
}

/// A migration under the name by which the database remembers it.
struct NamedMigration: Sendable {
    let room: String
    /// `room/0001`
    let name: String
    let sql: String
    /// SHA-256 of its text, 64 hexadecimal digits.
    let hash: String

    /// The sets in order, or the name of the first migration that is out of order or there twice.
    static func composed(
        from sets: [MigrationSet], digest: MigrationDigest
    ) -> Result<[NamedMigration], OutOfOrder> {
        var composed: [NamedMigration] = []
        var rooms = Set<String>()
        for set in sets {
            guard rooms.insert(set.room).inserted else { return .failure(OutOfOrder(name: set.room)) }
            var before = "0000"
            for migration in set.migrations {
                let name = "\(set.room)/\(migration.name)"
                guard migration.name.utf8.count == 4, migration.name.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                    migration.name > before, before != "0000" || migration.name == "0001"
                else { return .failure(OutOfOrder(name: name)) }
                before = migration.name
                composed.append(
                    NamedMigration(
                        room: set.room, name: name, sql: migration.sql, hash: digest(Array(migration.sql.utf8))))
            }
        }
        return .success(composed)
    }

    struct OutOfOrder: Error { let name: String }
}

/// SHA-256 of a migration's text, 64 hexadecimal digits in lower case, as a store keeps it beside the migration's name.
/// This room has no cryptography of its own: whoever opens a store brings it.
package typealias MigrationDigest = @Sendable (_ text: [UInt8]) -> String
