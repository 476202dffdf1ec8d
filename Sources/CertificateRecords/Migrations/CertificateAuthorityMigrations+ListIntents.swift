extension CertificateAuthorityMigrations {
    /// A list's digest is stored before the list is signed (``ListIntentStore``). Of lists that were signed before
    /// this, nothing is known here; their journals' lines have the older form.
    static let listIntents = """
        CREATE TABLE list_intent (
            arrival    INTEGER NOT NULL PRIMARY KEY,
            digest     BLOB    NOT NULL UNIQUE CHECK (length(digest) = 32),
            issuer     TEXT    NOT NULL,
            scope      INTEGER NOT NULL,
            number     INTEGER NOT NULL CHECK (number >= 0),
            created_at INTEGER NOT NULL
        ) STRICT;
        CREATE INDEX list_intent_issuer ON list_intent (issuer, arrival);
        """
}
