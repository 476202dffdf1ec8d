import Foundation
import Testing

/// A table is its room's own: the others ask the room.
@Suite struct TablesTests {
    /// Rooms whose tables were released in one text, and stand in the first one's; which of them writes a table is
    /// their own matter.
    static let oneRoom = [
        [
            "CertificateRecords", "KeyCustody", "Issuance", "Revocation", "CertificateStatus", "TimeStamping",
            "Ceremony", "LongTermEvidence", "Reconciliation",
        ]
    ]

    static let sources = House.swiftFiles(under: "Sources")

    static func room(of path: String) -> String {
        let room = String(path.split(separator: "/")[1])
        return oneRoom.first { $0.contains(room) }?.first ?? room
    }

    /// Who makes each table.
    static let owners: [String: Set<String>] = {
        var owners: [String: Set<String>] = [:]
        for file in sources {
            for match in file.text.matches(of: /CREATE TABLE (?:IF NOT EXISTS )?([a-z][a-z_0-9]*)/) {
                owners[String(match.1), default: []].insert(room(of: file.path))
            }
        }
        return owners
    }()

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

    @Test func everyTableHasOneRoom() {
        #expect(Self.owners.count > 50)
        for (table, rooms) in Self.owners { #expect(rooms.count == 1, "\(table) is made by \(rooms.sorted())") }
    }

    @Test func noRoomNamesAnothersTables() {
        for file in Self.sources {
            let room = Self.room(of: file.path)
            for mention in Self.named(in: file.text) {
                guard let owners = Self.owners[mention.table] else { continue }
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
    }
}
