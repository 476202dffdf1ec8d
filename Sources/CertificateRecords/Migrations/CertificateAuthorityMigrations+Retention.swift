extension CertificateAuthorityMigrations {
    /// Archives that we made, records that went into one and left, and records that we took over from others. What was
    /// taken over is named by the certificate's hash: serial numbers of two authorities never meet.
    static let retention = """
        CREATE TABLE archive (
            hash         BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
            produced_at  INTEGER NOT NULL,
            certificates INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE archive_member (
            serial         BLOB    NOT NULL,
            archive        BLOB    NOT NULL REFERENCES archive (hash),
            status_version INTEGER NOT NULL,
            PRIMARY KEY (serial, archive)
        ) STRICT, WITHOUT ROWID;

        CREATE TABLE retention_run (
            plan       BLOB    NOT NULL PRIMARY KEY CHECK (length(plan) = 32),
            archive    BLOB    NOT NULL REFERENCES archive (hash),
            officer    TEXT    NOT NULL,
            begun_at   INTEGER NOT NULL,
            done_at    INTEGER
        ) STRICT;
        CREATE TABLE pruned_certificate (
            serial    BLOB    NOT NULL PRIMARY KEY REFERENCES issuance_intent (serial),
            archive   BLOB    NOT NULL REFERENCES archive (hash),
            plan      BLOB    NOT NULL REFERENCES retention_run (plan),
            pruned_at INTEGER
        ) STRICT;
        CREATE INDEX pruned_certificate_waiting ON pruned_certificate (plan) WHERE pruned_at IS NULL;
        CREATE TRIGGER certificate_status_event_stays BEFORE DELETE ON certificate_status_event
            WHEN NOT EXISTS (SELECT 1 FROM pruned_certificate WHERE serial = OLD.serial)
            BEGIN SELECT RAISE(ABORT, 'the history stays until it is archived'); END;

        CREATE TABLE taken_archive (
            hash         BLOB    NOT NULL PRIMARY KEY CHECK (length(hash) = 32),
            origin       TEXT    NOT NULL,
            witnessed    BLOB    NOT NULL,
            certificates INTEGER NOT NULL,
            officer      TEXT    NOT NULL,
            begun_at     INTEGER NOT NULL,
            done_at      INTEGER
        ) STRICT;
        CREATE TABLE taken_issuer (
            archive BLOB NOT NULL REFERENCES taken_archive (hash),
            sha256  BLOB NOT NULL CHECK (length(sha256) = 32),
            der     BLOB NOT NULL,
            PRIMARY KEY (archive, sha256)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE taken_certificate (
            sha256    BLOB    NOT NULL PRIMARY KEY CHECK (length(sha256) = 32),
            serial    BLOB    NOT NULL,
            origin    TEXT    NOT NULL,
            archive   BLOB    NOT NULL REFERENCES taken_archive (hash),
            issuer    BLOB    NOT NULL,
            issued_at INTEGER NOT NULL,
            lines     INTEGER NOT NULL,
            der       BLOB    NOT NULL,
            record    BLOB    NOT NULL
        ) STRICT;
        CREATE INDEX taken_certificate_serial ON taken_certificate (serial);
        """
}
