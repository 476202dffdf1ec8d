package import Storage

/// The tables of this room.
package enum SecurityKeysMigrations {
    package static let all = MigrationSet(
        room: "security-keys",
        migrations: [
            Migration(
                name: "0001",
                sql: """
                    CREATE TABLE security_key (
                        medium BLOB PRIMARY KEY CHECK (length(medium) = 16),
                        model TEXT NOT NULL,
                        status TEXT NOT NULL,
                        serial BLOB,
                        card_version TEXT,
                        holder TEXT,
                        created_at INTEGER NOT NULL,
                        changed_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX security_key_holder ON security_key (holder);
                    CREATE INDEX security_key_serial ON security_key (serial);
                    CREATE TABLE key_certificate (
                        fingerprint BLOB PRIMARY KEY CHECK (length(fingerprint) = 32),
                        medium BLOB NOT NULL REFERENCES security_key (medium),
                        purpose TEXT NOT NULL,
                        family TEXT NOT NULL,
                        place TEXT NOT NULL,
                        certificate BLOB NOT NULL,
                        origin TEXT NOT NULL,
                        state TEXT NOT NULL CHECK (state IN ('issued', 'active', 'ended')),
                        plan BLOB NOT NULL,
                        attempt INTEGER NOT NULL,
                        created_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE INDEX key_certificate_medium ON key_certificate (medium);
                    CREATE UNIQUE INDEX key_certificate_attempt ON key_certificate (plan, purpose, attempt);
                    CREATE INDEX key_certificate_waiting ON key_certificate (created_at) WHERE state = 'issued';
                    CREATE TABLE escrow_secret (
                        medium BLOB NOT NULL,
                        kind TEXT NOT NULL CHECK (kind IN ('management', 'unlock')),
                        generation INTEGER NOT NULL CHECK (generation > 0),
                        state TEXT NOT NULL CHECK (state IN ('pending', 'current')),
                        version INTEGER NOT NULL,
                        key_id TEXT NOT NULL,
                        algorithm TEXT NOT NULL,
                        sealed BLOB,
                        created_at INTEGER NOT NULL,
                        PRIMARY KEY (medium, kind, generation)
                    ) STRICT;
                    CREATE TABLE secret_tries (
                        medium BLOB PRIMARY KEY,
                        unlock_left INTEGER NOT NULL CHECK (unlock_left >= 0)
                    ) STRICT;
                    CREATE TABLE key_plan (
                        plan BLOB PRIMARY KEY CHECK (length(plan) = 16),
                        medium BLOB NOT NULL,
                        kind TEXT NOT NULL,
                        state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'rolled-back')),
                        step TEXT NOT NULL,
                        journal TEXT NOT NULL,
                        changed_at INTEGER NOT NULL
                    ) STRICT;
                    CREATE UNIQUE INDEX key_plan_open ON key_plan (medium) WHERE state = 'open';
                    """),
            Migration(name: "0002", sql: stock), Migration(name: "0003", sql: rewrap),
            Migration(name: "0004", sql: endings), Migration(name: "0005", sql: oneState),
        ])

    /// A certificate has one state, the authority's. A holder is an entity or an officer, never a missing code. A plan
    /// can be given up.
    private static let oneState = """
        DROP INDEX key_certificate_waiting;
        ALTER TABLE key_certificate DROP COLUMN state;
        CREATE INDEX key_certificate_plan ON key_certificate (plan);
        ALTER TABLE security_key ADD COLUMN holder_kind TEXT CHECK (holder_kind IN ('entity', 'officer'));
        UPDATE security_key SET holder_kind = CASE WHEN holder IS NOT NULL THEN 'entity' ELSE 'officer' END
            WHERE holder IS NOT NULL OR status NOT IN ('blank', 'stocked');
        CREATE TABLE key_plan_anew (
            plan BLOB PRIMARY KEY CHECK (length(plan) = 16),
            medium BLOB NOT NULL,
            kind TEXT NOT NULL,
            state TEXT NOT NULL CHECK (state IN ('open', 'finished', 'rolled-back', 'abandoned')),
            step TEXT NOT NULL,
            journal TEXT NOT NULL,
            changed_at INTEGER NOT NULL
        ) STRICT;
        INSERT INTO key_plan_anew (plan, medium, kind, state, step, journal, changed_at)
            SELECT plan, medium, kind, state, step, journal, changed_at FROM key_plan;
        DROP TABLE key_plan;
        ALTER TABLE key_plan_anew RENAME TO key_plan;
        CREATE UNIQUE INDEX key_plan_open ON key_plan (medium) WHERE state = 'open';
        CREATE INDEX key_plan_ended ON key_plan (changed_at) WHERE state <> 'open';
        """

    /// What is let go after a time is found without looking through everything that stays.
    private static let endings = """
        CREATE INDEX key_plan_ended ON key_plan (changed_at) WHERE state <> 'open';
        CREATE INDEX security_key_retired ON security_key (changed_at) WHERE status = 'retired';
        """

    /// One row for each time that the escrow moved to another wrapping key. The newest of those that move or are done
    /// says which key seals, whatever a process has in its memory.
    private static let rewrap = """
        CREATE TABLE escrow_rewrap (
            id INTEGER PRIMARY KEY,
            key_id TEXT NOT NULL UNIQUE,
            master_version INTEGER,
            phase TEXT NOT NULL CHECK (phase IN ('ordered', 'moving', 'done')),
            position BLOB NOT NULL DEFAULT x'',
            moved INTEGER NOT NULL DEFAULT 0,
            unreadable INTEGER NOT NULL DEFAULT 0,
            began_at INTEGER NOT NULL,
            done_at INTEGER
        ) STRICT;
        """

    private static let stock = """
        ALTER TABLE security_key ADD COLUMN batch TEXT;
        ALTER TABLE security_key ADD COLUMN service_point TEXT;
        CREATE INDEX security_key_batch ON security_key (batch) WHERE batch IS NOT NULL;
        CREATE INDEX security_key_service_point ON security_key (service_point) WHERE service_point IS NOT NULL;
        """
}
