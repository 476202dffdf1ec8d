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
                    """),
            Migration(
                name: "0002",
                sql: """
                    CREATE TRIGGER audit_checkpoint_stays BEFORE DELETE ON audit_checkpoint
                        BEGIN SELECT RAISE(ABORT, 'checkpoints stay'); END;
                    CREATE TRIGGER audit_checkpoint_is_final BEFORE UPDATE ON audit_checkpoint
                        BEGIN SELECT RAISE(ABORT, 'checkpoints are final'); END;

                    CREATE TABLE audit_countersignature (
                        id INTEGER PRIMARY KEY,
                        number INTEGER NOT NULL REFERENCES audit_checkpoint (number),
                        made_at INTEGER NOT NULL,
                        line BLOB NOT NULL UNIQUE
                    ) STRICT;
                    CREATE INDEX audit_countersignature_number ON audit_countersignature (number);
                    CREATE TRIGGER audit_countersignature_stays BEFORE DELETE ON audit_countersignature
                        BEGIN SELECT RAISE(ABORT, 'counter-signatures stay'); END;
                    CREATE TRIGGER audit_countersignature_is_final BEFORE UPDATE ON audit_countersignature
                        BEGIN SELECT RAISE(ABORT, 'counter-signatures are final'); END;

                    ALTER TABLE audit_personal ADD COLUMN subject TEXT NOT NULL DEFAULT '';
                    UPDATE audit_personal SET subject = (
                        SELECT json_extract(CAST(line AS TEXT), '$.subject') FROM audit_event
                        WHERE audit_event.id = audit_personal.event);
                    CREATE INDEX audit_personal_subject ON audit_personal (subject);
                    """),
            Migration(name: "0003", sql: eventColumns),
        ])
}
