package import Storage

/// This room's tables. Frozen once released.
package enum LegalEntitiesMigrations {
    package static let set = MigrationSet(
        room: "legal-entities",
        migrations: [
            Migration(
                name: "0001",
                sql: """
                    CREATE TABLE registry_import (
                        id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                        feed TEXT NOT NULL,
                        digest BLOB NOT NULL CHECK (length(digest) = 32),
                        begun_at INTEGER NOT NULL,
                        done_at INTEGER,
                        lines INTEGER NOT NULL CHECK (lines >= 0),
                        added INTEGER NOT NULL CHECK (added >= 0),
                        changed INTEGER NOT NULL CHECK (changed >= 0),
                        renamed INTEGER NOT NULL CHECK (renamed >= 0 AND renamed <= changed),
                        unchanged INTEGER NOT NULL CHECK (unchanged >= 0),
                        bad INTEGER NOT NULL CHECK (bad >= 0)
                    ) STRICT;
                    CREATE TABLE registry_record (
                        uscc TEXT NOT NULL PRIMARY KEY CHECK (length(uscc) = 18),
                        name TEXT NOT NULL CHECK (length(name) > 0),
                        entity_type TEXT NOT NULL CHECK (length(entity_type) > 0),
                        division TEXT NOT NULL CHECK (length(division) = 6),
                        legal_representative TEXT NOT NULL CHECK (length(legal_representative) > 0),
                        status TEXT NOT NULL CHECK (
                            status IN ('active', 'suspended', 'licence-revoked', 'deregistered', 'relocated')),
                        changed_at INTEGER NOT NULL,
                        changed_by BLOB NOT NULL REFERENCES registry_import (id)
                    ) STRICT;
                    CREATE TABLE registry_former_name (
                        uscc TEXT NOT NULL REFERENCES registry_record (uscc),
                        until INTEGER NOT NULL,
                        place INTEGER NOT NULL CHECK (place >= 1),
                        name TEXT NOT NULL,
                        changed_by BLOB NOT NULL REFERENCES registry_import (id),
                        PRIMARY KEY (uscc, place)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE registry_override (
                        uscc TEXT NOT NULL PRIMARY KEY CHECK (length(uscc) = 18),
                        defects TEXT NOT NULL CHECK (length(defects) > 0),
                        reason TEXT NOT NULL,
                        request_nonce BLOB NOT NULL CHECK (length(request_nonce) = 32),
                        since INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE legal_entity (
                        subject BLOB NOT NULL PRIMARY KEY CHECK (length(subject) = 16),
                        uscc TEXT NOT NULL UNIQUE CHECK (length(uscc) = 18),
                        since INTEGER NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE legal_entity_former_code (
                        uscc TEXT NOT NULL CHECK (length(uscc) = 18),
                        subject BLOB NOT NULL REFERENCES legal_entity (subject),
                        until INTEGER NOT NULL,
                        PRIMARY KEY (uscc, subject, until)
                    ) STRICT, WITHOUT ROWID;
                    """),
            // What is let go after a time is found without looking through everything that stays.
            Migration(
                name: "0002",
                sql: """
                    CREATE INDEX registry_record_gone ON registry_record (changed_at)
                        WHERE status IN ('deregistered', 'relocated');
                    """),
        ])
}
