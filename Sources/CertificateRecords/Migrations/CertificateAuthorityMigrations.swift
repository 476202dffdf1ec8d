package import Storage

/// The tables of the authority's rooms, from this room up to `Reconciliation`.
///
/// They were one room when these steps were released: the store knows each step by the set's name and the hash of its
/// text, and several steps have tables of two or three rooms in one text. So the set stays whole, here at the bottom,
/// where every room's tests find it; whoever owns a table today writes its later steps in a set of its own.
package enum CertificateAuthorityMigrations {
    package static let set = MigrationSet(
        room: "certificate-authority",
        migrations: [
            Migration(name: "0001", sql: issuance), Migration(name: "0002", sql: status),
            Migration(name: "0004", sql: reconciliation),
            Migration(name: "0005", sql: statusInFull),
            Migration(name: "0006", sql: lint), Migration(name: "0007", sql: time + "\n" + retention),
            Migration(name: "0008", sql: datesOfRevocation),
            Migration(name: "0012", sql: timedPruning),
            Migration(name: "0013", sql: pruningByContent),
            Migration(name: "0014", sql: auditedCertificates),
            Migration(name: "0015", sql: auditedPolicies),
            Migration(name: "0016", sql: ownAuditIndexesGo),
            Migration(name: "0017", sql: rejectedKeys),
            Migration(name: "0018", sql: listIntents),
        ])

    /// Intents come first: a serial number exists in the store before anything is signed with it. `purpose`, `medium`
    /// and `holder` stand in the intent too, so that one key cannot be on its way to two purposes at once.
    private static let issuance = """
        CREATE TABLE authority_issuer (
            generation  TEXT    NOT NULL PRIMARY KEY,
            family      TEXT    NOT NULL CHECK (family IN ('sm2', 'p256', 'rsa2048')),
            role        TEXT    NOT NULL CHECK (role IN ('root', 'issuing')),
            parent      TEXT    NOT NULL,
            shards      INTEGER NOT NULL CHECK (shards BETWEEN 1 AND 4096),
            key_name    TEXT    NOT NULL,
            serial      BLOB    NOT NULL UNIQUE,
            der         BLOB    NOT NULL,
            created_at  INTEGER NOT NULL
        ) STRICT;

        CREATE TABLE authority_setting (
            name   TEXT NOT NULL PRIMARY KEY,
            datum  TEXT NOT NULL
        ) STRICT;

        CREATE TABLE issuance_intent (
            serial      BLOB    NOT NULL PRIMARY KEY CHECK (length(serial) = 16),
            issuer      TEXT    NOT NULL,
            profile     TEXT    NOT NULL,
            purpose     TEXT    NOT NULL,
            key_hash    BLOB    NOT NULL CHECK (length(key_hash) = 32),
            medium      BLOB,
            holder      TEXT,
            reference   TEXT,
            owner       BLOB    NOT NULL,
            lease_until INTEGER NOT NULL,
            shard       INTEGER NOT NULL,
            not_after   INTEGER NOT NULL,
            progress    TEXT    NOT NULL CHECK (progress IN ('intended', 'issued', 'closed')),
            created_at  INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX issuance_intent_open ON issuance_intent (lease_until) WHERE progress = 'intended';
        CREATE INDEX issuance_intent_key ON issuance_intent (key_hash);
        CREATE UNIQUE INDEX issuance_intent_reference ON issuance_intent (reference) WHERE progress <> 'closed';

        CREATE TABLE certificate (
            serial         BLOB    NOT NULL PRIMARY KEY REFERENCES issuance_intent (serial),
            issuer         TEXT    NOT NULL,
            profile        TEXT    NOT NULL,
            purpose        TEXT    NOT NULL,
            family         TEXT    NOT NULL,
            state          TEXT    NOT NULL CHECK (state IN ('issued', 'active', 'suspended', 'revoked')),
            status_version INTEGER NOT NULL CHECK (status_version > 0),
            credit_code    TEXT,
            medium         BLOB,
            place          INTEGER,
            model          TEXT,
            origin         TEXT    NOT NULL,
            shard          INTEGER NOT NULL,
            not_before     INTEGER NOT NULL,
            not_after      INTEGER NOT NULL CHECK (not_after > not_before),
            issued_at      INTEGER NOT NULL,
            activate_by    INTEGER,
            activated_at   INTEGER,
            der            BLOB    NOT NULL
        ) STRICT;
        CREATE INDEX certificate_credit_code ON certificate (credit_code) WHERE credit_code IS NOT NULL;
        CREATE INDEX certificate_medium ON certificate (medium) WHERE medium IS NOT NULL;
        CREATE INDEX certificate_waiting ON certificate (activate_by) WHERE state = 'issued';
        """

    /// `revocation` is the only source of lists: holds and serial numbers that were never handed out stand in it too.
    private static let status = """
        CREATE TABLE revocation (
            serial      BLOB    NOT NULL PRIMARY KEY REFERENCES issuance_intent (serial),
            issuer      TEXT    NOT NULL,
            shard       INTEGER NOT NULL,
            reason      INTEGER NOT NULL CHECK (reason BETWEEN 0 AND 10 AND reason NOT IN (7, 8)),
            revoked_at  INTEGER NOT NULL,
            not_after   INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX revocation_entries ON revocation (issuer, shard, not_after);
        CREATE INDEX revocation_hold ON revocation (revoked_at) WHERE reason = 6;

        CREATE TABLE revocation_shard (
            issuer         TEXT    NOT NULL,
            shard          INTEGER NOT NULL,
            change_version INTEGER NOT NULL,
            PRIMARY KEY (issuer, shard)
        ) STRICT;

        CREATE TABLE revocation_list (
            issuer         TEXT    NOT NULL,
            shard          INTEGER NOT NULL,
            number         INTEGER NOT NULL CHECK (number > 0),
            change_version INTEGER NOT NULL,
            this_update    INTEGER NOT NULL,
            next_update    INTEGER NOT NULL,
            der            BLOB    NOT NULL,
            PRIMARY KEY (issuer, shard)
        ) STRICT;

        CREATE TABLE ocsp_answer (
            serial         BLOB    NOT NULL,
            digest         TEXT    NOT NULL,
            responder      BLOB    NOT NULL,
            status_version INTEGER NOT NULL,
            this_update    INTEGER NOT NULL,
            next_update    INTEGER NOT NULL,
            der            BLOB    NOT NULL,
            PRIMARY KEY (serial, digest, responder)
        ) STRICT;

        CREATE TABLE service_key (
            role       TEXT    NOT NULL,
            issuer     TEXT    NOT NULL,
            serial     BLOB    NOT NULL REFERENCES certificate (serial),
            key_name   TEXT    NOT NULL,
            since      INTEGER NOT NULL,
            PRIMARY KEY (role, issuer, serial)
        ) STRICT;

        CREATE TABLE policy_set (
            version    INTEGER NOT NULL PRIMARY KEY,
            hash       BLOB    NOT NULL,
            applied_at INTEGER NOT NULL
        ) STRICT;
        CREATE TABLE policy_file (
            version INTEGER NOT NULL REFERENCES policy_set (version),
            path    TEXT    NOT NULL,
            hash    BLOB    NOT NULL,
            content TEXT    NOT NULL,
            PRIMARY KEY (version, path)
        ) STRICT;
        """
}
