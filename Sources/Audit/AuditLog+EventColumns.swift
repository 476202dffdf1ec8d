extension AuditLog {
    /// Columns that SQLite works out of the line when it is asked for them, and nobody can write: what is found by them
    /// is what the tree holds.
    ///
    /// A line is canonical JSON (RFC 8785), whose members stand in the order of their names: `act` is the first, and
    /// `subject`, `time`, `version` are the last. A quotation mark inside a text is escaped, so the last ones are found
    /// from the end, whatever the facts before them say. SQLite's own JSON functions may not stand in a schema that is
    /// not trusted. A line that has another form (of a store that somebody damaged) has none of the columns, and a
    /// subject with an escaped character has no subject.
    static let eventColumns = """
        ALTER TABLE audit_event ADD COLUMN act TEXT GENERATED ALWAYS AS (
            CASE WHEN substr(line, 1, 8) = CAST('{"act":"' AS BLOB)
                THEN CAST(substr(line, 9, instr(substr(line, 9, 80), CAST('"' AS BLOB)) - 1) AS TEXT) END
        ) VIRTUAL;
        ALTER TABLE audit_event ADD COLUMN subject TEXT GENERATED ALWAYS AS (
            CASE WHEN \(endsInVersion) THEN CASE
                WHEN substr(\(toTime(112)), -9) = '","time":' AND substr(\(toPlainSubject), -11) = '"subject":"'
                    THEN substr(\(toSubjectsEnd(112)), length(\(toPlainSubject)) + 1)
                WHEN substr(\(toTime(65_536)), -9) = '","time":' AND substr(\(toAnySubject), -11) = '"subject":"'
                    THEN substr(\(toSubjectsEnd(65_536)), length(\(toAnySubject)) + 1)
            END END
        ) VIRTUAL;
        ALTER TABLE audit_event ADD COLUMN recorded_at INTEGER GENERATED ALWAYS AS (
            CASE WHEN \(endsInVersion) AND substr(\(toTime(112)), -9) = '","time":'
                THEN CAST(substr(\(toVersion(112)), length(\(toTime(112))) + 1) AS INTEGER) END
        ) VIRTUAL;
        CREATE INDEX audit_event_act ON audit_event (act);
        CREATE INDEX audit_event_subject ON audit_event (subject);
        """

    private static let endsInVersion = #"substr(line, -13) = CAST(',"version":1}' AS BLOB)"#

    /// The line's last so many bytes but for the version's: to cut bytes costs nothing, to count characters does.
    private static func toVersion(_ bytes: Int) -> String { "CAST(substr(line, -\(bytes), \(bytes - 13)) AS TEXT)" }

    /// The same without the digits of the time.
    private static func toTime(_ bytes: Int) -> String { "rtrim(\(toVersion(bytes)), '0123456789-')" }

    /// The same up to the subject's last character.
    private static func toSubjectsEnd(_ bytes: Int) -> String {
        "substr(\(toTime(bytes)), 1, length(\(toTime(bytes))) - 9)"
    }

    /// The same up to the subject's first character, where it is made of what names are made of, and short; the
    /// likeliest characters first.
    private static let toPlainSubject = """
        rtrim(\(toSubjectsEnd(112)), '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-_.:/')
        """

    /// The same of any other subject.
    private static let toAnySubject = """
        rtrim(\(toSubjectsEnd(65_536)), replace(\(toSubjectsEnd(65_536)), '"', ''))
        """
}
