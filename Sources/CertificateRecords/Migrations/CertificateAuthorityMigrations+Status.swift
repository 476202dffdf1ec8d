extension CertificateAuthorityMigrations {
    /// One counter for every change that a relying party can see; lists with their deltas; leases; revocation in bulk.
    ///
    /// `change_number` orders changes over all issuers and processes, for it is drawn in the transaction of the change:
    /// what changed since a moment is a range of it. Scope -1 of an issuer is the list of all its certificates.
    static let statusInFull = """
        CREATE TABLE status_change (
            id     INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
            number INTEGER NOT NULL CHECK (number >= 0)
        ) STRICT;
        INSERT INTO status_change (id, number) SELECT 1, coalesce(max(change_version), 0) FROM revocation_shard;

        ALTER TABLE revocation ADD COLUMN invalid_since INTEGER CHECK (invalid_since <= revoked_at);
        ALTER TABLE revocation ADD COLUMN change_number INTEGER NOT NULL DEFAULT 0;
        DROP INDEX revocation_entries;
        CREATE INDEX revocation_entries
            ON revocation (issuer, shard, not_after, serial, revoked_at, reason, invalid_since);
        CREATE INDEX revocation_changes ON revocation (change_number);

        CREATE TABLE revocation_removal (
            serial        BLOB    NOT NULL PRIMARY KEY REFERENCES issuance_intent (serial),
            issuer        TEXT    NOT NULL,
            shard         INTEGER NOT NULL,
            removed_at    INTEGER NOT NULL,
            not_after     INTEGER NOT NULL,
            change_number INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX revocation_removal_changes ON revocation_removal (change_number);

        CREATE TABLE list_scope (
            issuer        TEXT    NOT NULL,
            scope         INTEGER NOT NULL CHECK (scope >= -1),
            change_number INTEGER NOT NULL,
            list_number   INTEGER NOT NULL,
            window_began  INTEGER NOT NULL DEFAULT 0,
            window_lists  INTEGER NOT NULL DEFAULT 0,
            PRIMARY KEY (issuer, scope)
        ) STRICT;
        INSERT INTO list_scope (issuer, scope, change_number, list_number)
            SELECT issuer, shard, max(change_version), max(number) FROM (
                SELECT issuer, shard, change_version, 0 AS number FROM revocation_shard
                UNION ALL SELECT issuer, shard, 0, number FROM revocation_list)
            GROUP BY issuer, shard;
        INSERT INTO list_scope (issuer, scope, change_number, list_number)
            SELECT issuer, -1, max(change_number), 0 FROM list_scope GROUP BY issuer;

        CREATE TABLE revocation_list_next (
            issuer        TEXT    NOT NULL,
            scope         INTEGER NOT NULL,
            kind          TEXT    NOT NULL CHECK (kind IN ('complete', 'delta')),
            number        INTEGER NOT NULL CHECK (number > 0),
            base_number   INTEGER CHECK ((base_number IS NULL) = (kind = 'complete')),
            change_number INTEGER NOT NULL,
            this_update   INTEGER NOT NULL,
            next_update   INTEGER NOT NULL,
            der           BLOB    NOT NULL,
            PRIMARY KEY (issuer, scope, kind)
        ) STRICT;
        INSERT INTO revocation_list_next
            SELECT issuer, shard, 'complete', number, NULL, change_version, this_update, next_update, der
            FROM revocation_list;
        DROP TABLE revocation_list;
        DROP TABLE revocation_shard;
        ALTER TABLE revocation_list_next RENAME TO revocation_list;

        CREATE TABLE revocation_base (
            issuer        TEXT    NOT NULL,
            scope         INTEGER NOT NULL,
            number        INTEGER NOT NULL,
            change_number INTEGER NOT NULL,
            this_update   INTEGER NOT NULL,
            next_update   INTEGER NOT NULL,
            PRIMARY KEY (issuer, scope, number)
        ) STRICT;
        INSERT INTO revocation_base
            SELECT l.issuer, l.scope, l.number, (SELECT number FROM status_change), l.this_update, l.next_update
            FROM revocation_list l JOIN list_scope s ON s.issuer = l.issuer AND s.scope = l.scope
            WHERE l.change_number >= s.change_number;

        CREATE TABLE work_lease (
            name        TEXT    NOT NULL PRIMARY KEY,
            owner       BLOB    NOT NULL,
            lease_until INTEGER NOT NULL
        ) STRICT;

        ALTER TABLE ocsp_answer ADD COLUMN asks INTEGER NOT NULL DEFAULT 0;
        CREATE INDEX ocsp_answer_asked ON ocsp_answer (asks) WHERE asks > 0;
        CREATE INDEX ocsp_answer_end ON ocsp_answer (next_update);

        CREATE TABLE bulk_revocation (
            id            BLOB    NOT NULL PRIMARY KEY CHECK (length(id) = 16),
            digest        BLOB    NOT NULL CHECK (length(digest) = 32),
            certificates  INTEGER NOT NULL CHECK (certificates > 0),
            selection     TEXT    NOT NULL,
            reason        INTEGER NOT NULL,
            invalid_since INTEGER,
            words         TEXT,
            ordered_by    TEXT,
            progress      TEXT    NOT NULL CHECK (progress IN ('prepared', 'running', 'done')),
            cursor        INTEGER NOT NULL DEFAULT 0,
            revoked       INTEGER NOT NULL DEFAULT 0,
            left_out      INTEGER NOT NULL DEFAULT 0,
            created_at    INTEGER NOT NULL,
            finished_at   INTEGER
        ) STRICT;
        CREATE INDEX bulk_revocation_open ON bulk_revocation (created_at) WHERE progress <> 'done';
        CREATE TABLE bulk_revocation_item (
            job      BLOB    NOT NULL REFERENCES bulk_revocation (id) ON DELETE CASCADE,
            position INTEGER NOT NULL CHECK (position >= 0),
            serial   BLOB    NOT NULL,
            outcome  TEXT,
            PRIMARY KEY (job, position)
        ) STRICT, WITHOUT ROWID;
        """
}
