extension CertificateAuthorityMigrations {
    /// Finds the events about one certificate, or of those whose serial numbers lie together. The table is the audit's
    /// and stays as it is.
    static let auditedCertificates = """
        CREATE INDEX audit_event_certificate ON audit_event (\(subject)) WHERE \(isChange);
        """

    private static let isChange = """
        substr(line, 1, 20) = CAST('{"act":"certificate.' AS BLOB)
            AND substr(line, 1, 34) <> CAST('{"act":"certificate.issue.intended' AS BLOB)
        """
    private static let subject = """
        substr(line, instr(line, CAST('"subject":"' AS BLOB)) + 11, 32)
        """

    /// Events about policies, of which there are few.
    static let auditedPolicies = """
        CREATE INDEX audit_event_policy ON audit_event (arrival) WHERE \(isPolicy);
        """

    private static let isPolicy = """
        substr(line, 1, 15) = CAST('{"act":"policy.' AS BLOB)
        """

    /// The audit has columns and indexes of its own for both.
    static let ownAuditIndexesGo = """
        DROP INDEX audit_event_certificate;
        DROP INDEX audit_event_policy;
        """
}
