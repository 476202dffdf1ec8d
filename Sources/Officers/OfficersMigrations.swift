package import Storage

/// This room's tables. Frozen once released.
package enum OfficersMigrations {
    package static let set = MigrationSet(
        room: "officers",
        migrations: [
            Migration(
                name: "0001",
                sql: """
                    CREATE TABLE officer (
                        id BLOB NOT NULL PRIMARY KEY CHECK (length(id) = 16),
                        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 64),
                        roles TEXT NOT NULL CHECK (length(roles) > 0),
                        status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
                        enrolled_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE TABLE officer_certificate (
                        certificate BLOB NOT NULL PRIMARY KEY,
                        public_key BLOB NOT NULL,
                        officer BLOB NOT NULL REFERENCES officer (id),
                        is_current INTEGER NOT NULL CHECK (is_current IN (0, 1)),
                        since INTEGER NOT NULL
                    ) STRICT;
                    CREATE UNIQUE INDEX officer_certificate_current ON officer_certificate (officer)
                        WHERE is_current = 1;
                    CREATE INDEX officer_certificate_key ON officer_certificate (public_key);
                    CREATE TABLE officer_authorisation (
                        nonce BLOB NOT NULL PRIMARY KEY CHECK (length(nonce) = 32),
                        act TEXT NOT NULL CHECK (length(act) > 0),
                        subject TEXT NOT NULL,
                        request BLOB NOT NULL,
                        spent_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX officer_authorisation_subject ON officer_authorisation (subject, spent_at);
                    CREATE TABLE officer_authorisation_signature (
                        nonce BLOB NOT NULL REFERENCES officer_authorisation (nonce),
                        place INTEGER NOT NULL CHECK (place >= 1),
                        officer BLOB NOT NULL REFERENCES officer (id),
                        certificate BLOB NOT NULL,
                        signature BLOB NOT NULL,
                        PRIMARY KEY (nonce, place)
                    ) STRICT;
                    CREATE TABLE officer_bootstrap (
                        id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
                        nonce BLOB NOT NULL CHECK (length(nonce) = 32),
                        opened_at INTEGER NOT NULL,
                        spent_at INTEGER
                    ) STRICT;
                    """),
            Migration(
                name: "0002",
                sql: """
                    CREATE TABLE officer_retirement (
                        officer BLOB NOT NULL PRIMARY KEY REFERENCES officer (id),
                        retired_at INTEGER NOT NULL
                    ) STRICT;
                    """),
            Migration(
                name: "0003",
                sql: """
                    CREATE TABLE officer_bootstrap_statement (
                        digest BLOB NOT NULL PRIMARY KEY CHECK (length(digest) = 32),
                        root BLOB NOT NULL CHECK (length(root) = 32),
                        number INTEGER NOT NULL CHECK (number >= 1),
                        issued_at INTEGER NOT NULL,
                        statement BLOB NOT NULL,
                        signature BLOB NOT NULL,
                        taken_at INTEGER NOT NULL,
                        nonce BLOB CHECK (nonce IS NULL OR length(nonce) = 32),
                        spent_at INTEGER,
                        UNIQUE (root, number)
                    ) STRICT;
                    """),
        ])
}
