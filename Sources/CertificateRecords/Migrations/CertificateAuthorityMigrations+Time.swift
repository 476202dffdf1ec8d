extension CertificateAuthorityMigrations {
    /// Marks and words belong to one run of the machine: after a restart the clock starts anew.
    static let time = """
        CREATE TABLE clock_mark (
            boot       TEXT    NOT NULL PRIMARY KEY,
            offset     INTEGER NOT NULL,
            stepped    INTEGER,
            changed_at INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE clock_word (
            number   INTEGER PRIMARY KEY,
            boot     TEXT    NOT NULL,
            offset   INTEGER NOT NULL,
            given_at INTEGER NOT NULL,
            until    INTEGER NOT NULL CHECK (until > given_at),
            officer  TEXT    NOT NULL,
            reason   TEXT    NOT NULL
        ) STRICT;

        CREATE TABLE certificate_status_event (
            serial      BLOB    NOT NULL REFERENCES issuance_intent (serial),
            version     INTEGER NOT NULL CHECK (version > 0),
            state       TEXT    NOT NULL CHECK (state IN ('issued', 'active', 'suspended', 'revoked')),
            reason      INTEGER CHECK (reason BETWEEN 0 AND 10),
            since       INTEGER NOT NULL,
            recorded_at INTEGER NOT NULL,
            event       BLOB,
            PRIMARY KEY (serial, version)
        ) STRICT, WITHOUT ROWID;
        INSERT INTO certificate_status_event (serial, version, state, since, recorded_at)
            SELECT serial, 1, CASE WHEN activate_by IS NULL THEN 'active' ELSE 'issued' END, issued_at, issued_at
            FROM certificate;
        INSERT INTO certificate_status_event (serial, version, state, since, recorded_at)
            SELECT serial, 2, 'active', activated_at, activated_at FROM certificate
            WHERE activate_by IS NOT NULL AND activated_at IS NOT NULL;
        INSERT INTO certificate_status_event (serial, version, state, reason, since, recorded_at)
            SELECT r.serial, max(3, coalesce(c.status_version, 3)), coalesce(c.state, 'revoked'), r.reason,
                r.revoked_at, r.revoked_at
            FROM revocation r LEFT JOIN certificate c ON c.serial = r.serial;
        INSERT INTO authority_setting (name, datum)
            SELECT 'status-history-since', CAST(strftime('%s', 'now') AS INTEGER) * 1000 || ''
            WHERE EXISTS (SELECT 1 FROM certificate);
        CREATE TRIGGER certificate_status_event_is_final BEFORE UPDATE ON certificate_status_event
            BEGIN SELECT RAISE(ABORT, 'what happened to a certificate is final'); END;
        """

    /// The date of a revocation beside the date from which it holds.
    static let datesOfRevocation = """
        ALTER TABLE certificate_status_event ADD COLUMN revoked_at INTEGER CHECK (revoked_at > since);
        """
}
