package import Storage

extension AuditLog {
    /// This room's tables.
    package static let migrations = MigrationSet(
        room: "audit",
        migrations: [
            Migration(
                name: "0001",
                sql: """
                    CREATE TABLE audit_event (
                        arrival INTEGER PRIMARY KEY,
                        id BLOB NOT NULL UNIQUE CHECK (length(id) = 16),
                        line BLOB NOT NULL CHECK (length(line) > 1),
                        leaf INTEGER UNIQUE CHECK (leaf >= 0)
                    ) STRICT;
                    CREATE INDEX audit_event_unsequenced ON audit_event (arrival) WHERE leaf IS NULL;
                    CREATE TRIGGER audit_event_stays BEFORE DELETE ON audit_event
                        BEGIN SELECT RAISE(ABORT, 'audit events stay'); END;
                    CREATE TRIGGER audit_event_is_final BEFORE UPDATE ON audit_event
                        WHEN OLD.leaf IS NOT NULL OR NEW.id <> OLD.id OR NEW.line <> OLD.line
                        BEGIN SELECT RAISE(ABORT, 'audit events are final'); END;

                    CREATE TABLE audit_node (
                        level INTEGER NOT NULL CHECK (level >= 0),
                        position INTEGER NOT NULL CHECK (position >= 0),
                        hash BLOB NOT NULL CHECK (length(hash) = 32),
                        PRIMARY KEY (level, position)
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE audit_tree (
                        id INTEGER PRIMARY KEY CHECK (id = 1),
                        origin TEXT NOT NULL,
                        size INTEGER NOT NULL CHECK (size >= 0)
                    ) STRICT;

                    CREATE TABLE audit_personal (
                        event BLOB NOT NULL REFERENCES audit_event (id),
                        name TEXT NOT NULL,
                        salt BLOB NOT NULL CHECK (length(salt) = 32),
                        datum TEXT NOT NULL,
                        PRIMARY KEY (event, name)
                    ) STRICT, WITHOUT ROWID;

                    CREATE TABLE audit_checkpoint (
                        number INTEGER PRIMARY KEY CHECK (number >= 0),
                        size INTEGER NOT NULL UNIQUE CHECK (size > 0),
                        body BLOB NOT NULL,
                        signature BLOB NOT NULL,
                        token BLOB
                    ) STRICT;
                    """)
        ])
}
