extension CertificateAuthorityMigrations {
    /// A pass over the whole store, with the place that it has come to and who is at it; and what it found.
    static let lint = """
        CREATE TABLE lint_run (
            id          INTEGER NOT NULL PRIMARY KEY,
            since       INTEGER NOT NULL,
            phase       TEXT    NOT NULL CHECK (phase IN ('certificates', 'lists', 'answers', 'done')),
            place       TEXT    NOT NULL,
            judged      INTEGER NOT NULL CHECK (judged >= 0),
            owner       BLOB    NOT NULL,
            lease_until INTEGER NOT NULL,
            began_at    INTEGER NOT NULL,
            ended_at    INTEGER
        ) STRICT;

        CREATE TABLE lint_finding (
            run      INTEGER NOT NULL REFERENCES lint_run (id) ON DELETE CASCADE,
            kind     TEXT    NOT NULL CHECK (kind IN ('certificate', 'list', 'answer')),
            subject  TEXT    NOT NULL,
            rule     TEXT    NOT NULL,
            severity TEXT    NOT NULL CHECK (severity IN ('notice', 'warning', 'error')),
            citation TEXT    NOT NULL,
            detail   TEXT    NOT NULL,
            PRIMARY KEY (run, kind, subject, rule, detail)
        ) STRICT;
        """
}
