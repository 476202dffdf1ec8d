package import Storage

/// The tables of this room. SQL text is never edited after release.
package enum AuthenticationMigrations {
    package static let set = MigrationSet(
        room: "authentication",
        migrations: [
            Migration(
                name: "0001",
                sql: """
                    CREATE TABLE relying_application (
                        client TEXT NOT NULL PRIMARY KEY CHECK (length(client) BETWEEN 3 AND 40),
                        name_zh TEXT NOT NULL CHECK (length(name_zh) BETWEEN 1 AND 60),
                        name_en TEXT NOT NULL CHECK (length(name_en) BETWEEN 1 AND 60),
                        department TEXT NOT NULL CHECK (length(department) BETWEEN 1 AND 60),
                        registered_at INTEGER NOT NULL CHECK (registered_at > 0)
                    ) STRICT;
                    CREATE TABLE relying_origin (
                        client TEXT NOT NULL REFERENCES relying_application (client),
                        origin TEXT NOT NULL CHECK (length(origin) BETWEEN 8 AND 255),
                        PRIMARY KEY (client, origin)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE login_challenge (
                        challenge_id BLOB NOT NULL PRIMARY KEY CHECK (length(challenge_id) = 16),
                        nonce_hash BLOB NOT NULL UNIQUE CHECK (length(nonce_hash) = 32),
                        session_hash BLOB NOT NULL CHECK (length(session_hash) = 32),
                        statement_hash BLOB NOT NULL CHECK (length(statement_hash) = 32),
                        service_signature BLOB NOT NULL,
                        client TEXT NOT NULL REFERENCES relying_application (client),
                        origin TEXT NOT NULL,
                        created_at INTEGER NOT NULL CHECK (created_at > 0),
                        expires_at INTEGER NOT NULL CHECK (expires_at > created_at),
                        spent_at INTEGER CHECK (spent_at >= created_at),
                        outcome TEXT CHECK (length(outcome) BETWEEN 1 AND 80),
                        CHECK ((spent_at IS NULL) = (outcome IS NULL))
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX login_challenge_by_expiry ON login_challenge (expires_at);
                    CREATE TABLE login_holder (
                        holder_key BLOB NOT NULL PRIMARY KEY CHECK (length(holder_key) = 16),
                        holder BLOB NOT NULL UNIQUE CHECK (length(holder) = 16)
                    ) STRICT, WITHOUT ROWID;
                    CREATE TABLE login (
                        login_id BLOB NOT NULL PRIMARY KEY CHECK (length(login_id) = 16),
                        challenge_id BLOB NOT NULL UNIQUE CHECK (length(challenge_id) = 16),
                        subject BLOB NOT NULL CHECK (length(subject) = 16),
                        uscc TEXT NOT NULL CHECK (length(uscc) = 18),
                        holder BLOB NOT NULL CHECK (length(holder) = 16),
                        certificate_serial BLOB NOT NULL CHECK (length(certificate_serial) = 16),
                        client TEXT NOT NULL REFERENCES relying_application (client),
                        at INTEGER NOT NULL CHECK (at > 0),
                        audit_event BLOB NOT NULL CHECK (length(audit_event) = 16),
                        evidence BLOB NOT NULL
                    ) STRICT, WITHOUT ROWID;
                    CREATE INDEX login_by_subject ON login (subject, at);
                    """),
            Migration(
                name: "0002", sql: "CREATE INDEX login_by_certificate ON login (certificate_serial);"),
        ])
}
