import Foundation
import Testing

/// Whoever reads the log finds every event of it explained, and knows whose it is.
@Suite struct AuditEventsTests {
    struct Event: Hashable {
        var name: String
        var room: String
        var member: String
        var list: String
        /// What the documentation should say, for who adds one.
        var row: String { "| `\(name)` | \(room) | … |" }
    }

    /// Every member of every closed list of audit acts, as the sources write them.
    static let events: [Event] = House.swiftFiles(under: "Sources").flatMap { file -> [Event] in
        let room = String(file.path.split(separator: "/")[1])
        return file.text.matches(of: /enum (\w+): String, AuditAct[^{]*\{(?<body>(?s).*?)\n\}/).flatMap { list in
            list.output.body.matches(of: /case (\w+) = "([^"]+)"/).map { member in
                Event(name: String(member.2), room: room, member: String(member.1), list: String(list.1))
            }
        }
    }

    @Test func everyEventIsDocumentedWithItsOwner() throws {
        let page = try String(contentsOf: House.root.appending(path: "Documentation/audit-events.md"), encoding: .utf8)
        let rows = page.matches(of: /(?m)^\| `([^`]+)` \| (\w+) \| (.+) \|$/)
        let written = rows.map { "\($0.1) of \($0.2)" }
        let known = Self.events.map { "\($0.name) of \($0.room)" }
        #expect(Set(written).count == rows.count, "an event is documented twice")
        for event in Self.events {
            #expect(
                written.contains("\(event.name) of \(event.room)"),
                "Documentation/audit-events.md lacks: \(event.row)")
        }
        for row in written { #expect(known.contains(row), "\(row) is documented and nowhere in the sources") }
        for row in rows { #expect(row.3.count > 5 && !row.3.contains("…"), "\(row.1) is not explained") }
    }

    @Test func namesAreWellFormedAndOneRoomsAlone() {
        #expect(Self.events.count > 40)
        #expect(Set(Self.events.map(\.name)).count == Self.events.count, "two events have one name")
        for event in Self.events {
            #expect(event.name.wholeMatch(of: /[a-z]+(\.[a-z]+(-[a-z]+)*)+/) != nil, "\(event.name)")
        }
        let lists = Dictionary(grouping: Self.events, by: \.room).mapValues { Set($0.map(\.list)) }
        for (room, names) in lists { #expect(names.count == 1, "\(room) has \(names.sorted())") }
    }

    /// An act that nothing records is a promise that nobody keeps.
    @Test func everyEventIsRecordedSomewhereInItsRoom() {
        let sources = Dictionary(grouping: House.swiftFiles(under: "Sources")) { $0.path.split(separator: "/")[1] }
        for event in Self.events {
            let uses = sources[Substring(event.room), default: []].filter { file in
                file.text.contains(".\(event.member)")
            }
            #expect(!uses.isEmpty, "\(event.list).\(event.member) is never recorded")
        }
    }
}
