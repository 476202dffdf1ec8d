extension CertificateAuthorityMigrations {
    /// Where a certificate's medium came from and whose it is, so that it can be found by delivery, service point,
    /// model and division; the forecast reads `certificate_forecast` alone. `signing_mark` says how far a signer's
    /// journal had come at a moment: from there on its lines cannot be taken away or rewritten unseen.
    static let reconciliation = """
        ALTER TABLE certificate ADD COLUMN batch TEXT;
        ALTER TABLE certificate ADD COLUMN service_point TEXT;
        ALTER TABLE certificate ADD COLUMN district TEXT;
        UPDATE certificate SET district = substr(credit_code, 3, 6)
            WHERE length(credit_code) = 18 AND substr(credit_code, 3, 6) NOT GLOB '*[^0-9]*';
        CREATE INDEX certificate_batch ON certificate (batch) WHERE batch IS NOT NULL;
        CREATE INDEX certificate_service_point ON certificate (service_point) WHERE service_point IS NOT NULL;
        CREATE INDEX certificate_model ON certificate (model) WHERE model IS NOT NULL;
        CREATE INDEX certificate_forecast ON certificate (not_after, district, service_point, purpose, state);

        CREATE TABLE signing_mark (
            journal TEXT    NOT NULL,
            line    INTEGER NOT NULL CHECK (line >= 0),
            head    BLOB    NOT NULL CHECK (length(head) = 32),
            at      INTEGER NOT NULL,
            PRIMARY KEY (journal, line)
        ) STRICT;
        """
}
