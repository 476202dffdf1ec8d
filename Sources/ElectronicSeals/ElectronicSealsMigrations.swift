package import Storage

/// The tables of this room. SQL text is never edited after release.
package enum ElectronicSealsMigrations {
    package static let set = MigrationSet(
        room: "electronic-seals",
        migrations: [
            Migration(
                name: "0001",
                sql: """
                    CREATE TABLE seal (
                        seal_id BLOB NOT NULL PRIMARY KEY CHECK (length(seal_id) = 16),
                        es_id TEXT NOT NULL UNIQUE CHECK (length(es_id) BETWEEN 8 AND 64),
                        uscc TEXT NOT NULL CHECK (length(uscc) = 18),
                        kind TEXT NOT NULL CHECK (length(kind) BETWEEN 1 AND 40),
                        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
                        family TEXT NOT NULL CHECK (family IN ('sm2', 'p256', 'rsa2048')),
                        certificate_serial BLOB NOT NULL CHECK (length(certificate_serial) = 16),
                        certificate_hash BLOB NOT NULL CHECK (length(certificate_hash) = 32),
                        valid_from INTEGER NOT NULL CHECK (valid_from > 0),
                        valid_until INTEGER NOT NULL CHECK (valid_until > valid_from),
                        made_at INTEGER NOT NULL CHECK (made_at > 0),
                        status TEXT NOT NULL CHECK (status IN ('made', 'active', 'suspended', 'closed')),
                        replaces BLOB REFERENCES seal (seal_id),
                        seal_data BLOB NOT NULL,
                        drawing BLOB NOT NULL,
                        width_micrometres INTEGER NOT NULL CHECK (width_micrometres > 0),
                        height_micrometres INTEGER NOT NULL CHECK (height_micrometres > 0)
                    ) STRICT;
                    CREATE INDEX seal_by_entity ON seal (uscc, made_at);
                    CREATE INDEX seal_by_certificate ON seal (certificate_serial);
                    CREATE TABLE seal_event (
                        seal_id BLOB NOT NULL REFERENCES seal (seal_id),
                        number INTEGER NOT NULL CHECK (number > 0),
                        status TEXT NOT NULL CHECK (status IN ('made', 'active', 'suspended', 'closed')),
                        at INTEGER NOT NULL CHECK (at > 0),
                        audit_event BLOB NOT NULL CHECK (length(audit_event) = 16),
                        PRIMARY KEY (seal_id, number)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE stamp (
                        stamp_id BLOB NOT NULL PRIMARY KEY CHECK (length(stamp_id) = 16),
                        seal_id BLOB NOT NULL REFERENCES seal (seal_id),
                        document_hash BLOB NOT NULL CHECK (length(document_hash) = 32),
                        sealed_hash BLOB NOT NULL UNIQUE CHECK (length(sealed_hash) = 32),
                        stamped_at INTEGER NOT NULL CHECK (stamped_at > 0),
                        audit_event BLOB NOT NULL CHECK (length(audit_event) = 16)
                    ) STRICT;
                    CREATE INDEX stamp_by_seal ON stamp (seal_id, stamped_at);
                    """),
            // A seal that goes is looked for among those that replaced one.
            Migration(
                name: "0002",
                sql: """
                    CREATE INDEX seal_by_end ON seal (valid_until);
                    CREATE INDEX seal_by_predecessor ON seal (replaces) WHERE replaces IS NOT NULL;
                    """),
        ])
}
