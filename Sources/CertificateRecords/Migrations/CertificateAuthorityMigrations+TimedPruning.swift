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

    /// What an order to prune was given for: the hash of everything that the archive held of a certificate then. An
    /// order of before that says nothing of it, and lets nothing go. Which certificates an archive holds is the
    /// archive's own word, under its signature: no table repeats it. `bulk_revocation_item_serial` finds the orders
    /// about one certificate.
    static let pruningByContent = """
        DROP TABLE archive_member;
        ALTER TABLE pruned_certificate ADD COLUMN held BLOB CHECK (length(held) = 32);
        CREATE INDEX bulk_revocation_item_serial ON bulk_revocation_item (serial);
        """
}
