extension CertificateAuthorityMigrations {
    /// Keys that are never certified again: `compromised` when a certificate of the key was revoked because the key is,
    /// or may be, in other hands (with the certificate's serial number), `listed` by two officers (with their note).
    /// Rows are never removed, and outlive the certificates that they come from. The subject of an intent is whoever
    /// the certificate names where no holder's code does.
    static let rejectedKeys = """
        CREATE TABLE rejected_key (
            key_hash BLOB    NOT NULL PRIMARY KEY CHECK (length(key_hash) = 32),
            cause    TEXT    NOT NULL CHECK (cause IN ('compromised', 'listed')),
            serial   BLOB,
            note     TEXT,
            noted_at INTEGER NOT NULL
        ) STRICT;
        INSERT INTO rejected_key (key_hash, cause, serial, noted_at)
        SELECT i.key_hash, 'compromised', min(r.serial), min(r.revoked_at)
        FROM revocation r JOIN issuance_intent i ON i.serial = r.serial
        WHERE r.reason IN (1, 2, 10) GROUP BY i.key_hash;
        ALTER TABLE issuance_intent ADD COLUMN subject TEXT;
        """
}
