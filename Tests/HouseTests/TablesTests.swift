import Foundation
import Testing

/// A table is its room's own: the others ask the room.
@Suite struct TablesTests {
    static let sources = House.swiftFiles(under: "Sources")

    /// The tables of the authority's rooms were released in one set, whose text stands in the lowest of them: there each
    /// table is the room's that writes it. A room's new tables go into a set of its own.
    static let releasedTogether = "Sources/CertificateRecords/Migrations/"

    static func room(of path: String) -> String { String(path.split(separator: "/")[1]) }

    /// Which rooms make each table, and in which files.
    static let makers: [String: Set<String>] = {
        var makers: [String: Set<String>] = [:]
        for file in sources {
            for match in file.text.matches(of: /CREATE TABLE (?:IF NOT EXISTS )?([a-z][a-z_0-9]*)/) {
                makers[String(match.1), default: []].insert(file.path)
            }
        }
        return makers
    }()

    /// Which rooms write each table, migrations apart.
    static let writers: [String: Set<String>] = {
        var writers: [String: Set<String>] = [:]
        for file in sources where !file.path.contains("Migrations") {
            for table in written(in: file.text) where makers[table] != nil {
                writers[table, default: []].insert(room(of: file.path))
            }
        }
        return writers
    }()

    /// Whose each table is.
    static let owners: [String: Set<String>] = makers.reduce(into: [:]) { owners, made in
        let isShared = made.value.contains { $0.hasPrefix(releasedTogether) }
        owners[made.key] = isShared ? writers[made.key] ?? [] : Set(made.value.map(room))
    }

    /// Released migrations that named another room's table, and are frozen.
    static let frozen = [
        "CREATE INDEX audit_event_certificate ON audit_event", "CREATE INDEX audit_event_policy ON audit_event",
    ]

    /// Every table that a text of SQL names, with its line.
    static func named(in text: String) -> [(table: String, line: Int)] {
        var text = text
        for statement in frozen { text = text.replacing(statement, with: "") }
        let mention =
            /\b(?:FROM|JOIN|INTO|UPDATE|REFERENCES|TABLE|ON|EXISTS)\s+([a-z][a-z_0-9]*)\b/
        return text.matches(of: mention).map { match in
            (String(match.1), text[..<match.range.lowerBound].count { $0 == "\n" } + 1)
        }
    }

    /// Every table that a text of SQL writes.
    static func written(in text: String) -> [String] {
        text.matches(of: /\b(?:INTO|DELETE\s+FROM|UPDATE)\s+([a-z][a-z_0-9]*)\b/).map { String($0.1) }
    }

    /// Gone again in a later migration of the same set.
    static let dropped: Set<String> = ["archive_member", "revocation_list_next", "revocation_shard"]

    @Test func everyTableHasOneRoom() {
        #expect(Self.owners.count > 50)
        for (table, rooms) in Self.owners where !Self.dropped.contains(table) {
            #expect(rooms.count == 1, "\(table) is of \(rooms.sorted())")
        }
        for (table, rooms) in Self.writers {
            #expect(rooms == Self.owners[table], "\(table) is written by \(rooms.sorted())")
        }
        let authority = [
            "certificate": "CertificateRecords", "revocation": "CertificateRecords",
            "list_scope": "CertificateRecords", "revocation_list": "CertificateStatus",
            "ocsp_answer": "CertificateStatus", "bulk_revocation": "Revocation", "clock_mark": "TimeStamping",
            "taken_certificate": "LongTermEvidence", "lint_run": "Reconciliation",
        ]
        for (table, room) in authority { #expect(Self.owners[table] == [room]) }
    }

    @Test func noRoomNamesAnothersTables() {
        for file in Self.sources {
            let room = Self.room(of: file.path)
            for mention in Self.named(in: file.text) {
                guard let owners = Self.owners[mention.table],
                    !file.path.hasPrefix(Self.releasedTogether)
                        || !Self.makers[mention.table, default: []].contains(where: {
                            $0.hasPrefix(Self.releasedTogether)
                        })
                else { continue }
                #expect(
                    owners.contains(room), "\(file.path):\(mention.line) names \(mention.table) of \(owners.sorted())")
            }
        }
    }

    @Test func theSearchSeesWhatItLooksFor() {
        let text = """
            SELECT a FROM audit_event e JOIN certificate c WHERE EXISTS (SELECT 1 FROM officer)
            INSERT INTO stamp (x) VALUES (1); UPDATE certificate SET y = 2; DELETE FROM key_plan
            """
        #expect(
            Self.named(in: text).map(\.table)
                == ["audit_event", "certificate", "officer", "stamp", "certificate", "key_plan"])
        #expect(Self.written(in: text) == ["stamp", "certificate", "key_plan"])
    }
}
