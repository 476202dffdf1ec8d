extension CertificateAuthorityMigrations {
    /// Orders to let go of what is past its time: `kinds` says of each kind what moment it must have ended before.
    static let timedPruning = """
        CREATE TABLE retention_order (
            plan     BLOB    NOT NULL PRIMARY KEY CHECK (length(plan) = 32),
            kinds    TEXT    NOT NULL,
            officer  TEXT    NOT NULL,
            begun_at INTEGER NOT NULL,
            removed  INTEGER NOT NULL DEFAULT 0,
            done_at  INTEGER
        ) STRICT;
        """
}
