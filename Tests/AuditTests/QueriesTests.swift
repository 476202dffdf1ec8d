import Foundation
import Groundwork
import OtherPrograms
import Storage
import TestSupport
import Testing

@testable import Audit

private enum QueryAct: String, AuditAct { case begun = "query.begun", ended = "query.ended", other = "query.other" }

/// What other rooms ask of the log, by act, subject and time.
@Suite struct QueriesTests {
    /// Six events, one second apart: act, subject, act … in the order of the log.
    private func house(_ clock: MovedClock = MovedClock()) async throws -> AuditHouse {
        let house = try AuditHouse(surroundings: clock.surroundings)
        for (act, subject) in [
            (QueryAct.begun, "a1"), (.begun, "a2"), (.ended, "a1"), (.other, "b1"), (.begun, "a1"), (.ended, "a2"),
        ] {
            try await house.database.write { [log = house.log] transaction in
                // A fact of the same name comes first in the line, and is not the event's own.
                try log.record(
                    AuditEvent(
                        act: act, actor: .system, subject: subject, facts: ["subject": "zz", "act": "zz", "time": 1]),
                    in: transaction)
            }
            clock.advance(milliseconds: 1000)
        }
        return house
    }

    private func found(
        _ query: AuditQuery, after position: Int64? = nil, limit: Int = 100, in house: AuditHouse
    ) async throws -> [String] {
        try await house.database.read { transaction in
            try AuditQueries.events(query, after: position, limit: limit, in: transaction).map(Self.told)
        }
    }

    private static func told(_ event: RecordedEvent) -> String {
        "\(event.members?["act"]?.string ?? "-") \(event.members?["subject"]?.string ?? "-")"
    }

    @Test func `Events are found by act, by subject and by both, in the order of the log`() async throws {
        let house = try await house()
        #expect(try await found(AuditQuery(), in: house).count == 6)
        #expect(
            try await found(AuditQuery(acts: [QueryAct.ended]), in: house) == ["query.ended a1", "query.ended a2"])
        #expect(
            try await found(AuditQuery(subject: "a1"), in: house)
                == ["query.begun a1", "query.ended a1", "query.begun a1"])
        #expect(
            try await found(AuditQuery(acts: [QueryAct.ended, QueryAct.other], subject: "a1"), in: house)
                == ["query.ended a1"])
        #expect(try await found(AuditQuery(subject: "zz"), in: house).isEmpty)
        #expect(try await found(AuditQuery(acts: [TestAct.happened]), in: house).isEmpty)
    }

    @Test func `Pages go on where the last one ended, and the newest is the last`() async throws {
        let house = try await house()
        let (pages, newest) = try await house.database.read { transaction in
            var pages: [[String]] = []
            var last: Int64?
            while true {
                let page = try AuditQueries.events(
                    AuditQuery(acts: [QueryAct.begun, QueryAct.ended]), after: last, limit: 2, in: transaction)
                guard let end = page.last else { break }
                pages.append(page.map(Self.told))
                last = end.position
            }
            let newest = try AuditQueries.newest(AuditQuery(subject: "a1"), in: transaction).map(Self.told)
            return (pages, newest)
        }
        #expect(pages.map(\.count) == [2, 2, 1])
        #expect(pages.last == ["query.ended a2"])
        #expect(newest == "query.begun a1")
    }

    @Test func `Those of a moment and before are told by the events' own time`() async throws {
        let clock = MovedClock()
        let begun = clock.surroundings.now()
        let house = try await house(clock)
        for (milliseconds, count) in [(-1, 0), (0, 1), (1999, 2), (2000, 3), (60_000, 6)] as [(Int64, Int)] {
            let query = AuditQuery(until: begun.adding(milliseconds: milliseconds))
            #expect(try await found(query, in: house).count == count, "\(milliseconds) ms")
        }
        let query = AuditQuery(acts: [QueryAct.begun], subject: "a1", until: begun.adding(milliseconds: 3999))
        #expect(try await found(query, in: house) == ["query.begun a1"])
    }

    @Test func `All about a range of subjects come subject by subject`() async throws {
        let house = try await house()
        let told = try await house.database.read { transaction in
            var told: [String] = []
            try AuditQueries.forEach(subjects: "a1"..<"b1", in: transaction) { subject, event in
                #expect(event.members?["subject"]?.string == subject)
                told.append(Self.told(event))
            }
            return told
        }
        let expected = ["query.begun a1", "query.ended a1", "query.begun a1", "query.begun a2", "query.ended a2"]
        #expect(told == expected)
    }

    @Test func `What is read page by page misses and repeats nothing`() async throws {
        let house = try AuditHouse()
        for _ in 0..<9 { try await house.record(500) }
        let (bySubject, byAct) = try await house.database.read { transaction in
            var (bySubject, byAct) = ([Int64](), [Int64]())
            try AuditQueries.forEach(subjects: "thing_"..<"thing`", in: transaction) { bySubject.append($1.position) }
            try AuditQueries.forEach(AuditQuery(acts: [TestAct.happened]), in: transaction) {
                byAct.append($0.position)
            }
            return (bySubject, byAct)
        }
        #expect(bySubject.count == 4500 && Set(bySubject).count == 4500)
        #expect(byAct == bySubject.sorted())
    }

    @Test(arguments: [
        (AuditQuery(subject: "s"), "audit_event_subject (subject=?)"),
        (AuditQuery(acts: [QueryAct.begun], subject: "s"), "audit_event_subject (subject=?)"),
        (AuditQuery(acts: [QueryAct.begun, QueryAct.ended], subject: "s"), "audit_event_subject (subject=?)"),
        (AuditQuery(acts: [QueryAct.begun]), "audit_event_act (act=?)"),
    ])
    func `Events are found by an index, whatever else is in the log`(query: AuditQuery, index: String) async throws {
        let (text, values) = AuditQueries.statement(query, after: nil, order: "arrival LIMIT 10")
        #expect(try await plan(text, values).contains { $0.contains("USING INDEX \(index)") })
    }

    @Test func `A range of subjects is read by their index`() async throws {
        let plan = try await plan(
            AuditQueries.bySubject, [.text("a"), .integer(0), .text("b"), .integer(10)])
        #expect(plan.contains { $0.contains("SEARCH") && $0.contains("USING INDEX audit_event_subject") }, "\(plan)")
        #expect(!plan.contains { $0.contains("TEMP B-TREE") }, "\(plan)")
    }

    private func plan(_ text: String, _ values: [SQLValue]) async throws -> [String] {
        let house = try AuditHouse()
        return try await house.database.read { transaction in
            try transaction.query("EXPLAIN QUERY PLAN \(text)", with: values).map { try $0.text("detail") }
        }
    }

    @Test(arguments: [
        "store", "91310000MA1K35QX7U", "policy:00ff", "编号（全角）", "two words", "", String(repeating: "长", count: 200),
        String(repeating: "a", count: 64),
    ])
    func `An event is found by its subject, whatever is in it and before it`(subject: String) async throws {
        let house = try AuditHouse()
        try await house.database.write { [log = house.log] transaction in
            for facts in [[:], ["subject": "zz", "time": 5, "note": "\",\"subject\":\"zz"]] as [[String: CanonicalJSON]]
            {
                try log.record(
                    AuditEvent(act: QueryAct.begun, actor: .system, subject: subject, facts: facts), in: transaction)
            }
        }
        #expect(try await found(AuditQuery(acts: [QueryAct.begun], subject: subject), in: house).count == 2)
        #expect(try await found(AuditQuery(until: Surroundings.real.now().adding(days: -1)), in: house).isEmpty)
        #expect(try await found(AuditQuery(until: Surroundings.real.now().adding(days: 1)), in: house).count == 2)
    }

    @Test func `What the columns say is the line's word, whoever has the file`() async throws {
        let house = try await house()
        let edit = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1])
            store.execute("UPDATE audit_event SET subject = 'b1'")
            """
        let outcome = try OtherProgram.run(["python3", "-c", edit, house.file])
        #expect(outcome.status != 0 && outcome.said.contains("generated column"))
        try house.editByHand(
            "UPDATE audit_event SET line = CAST(replace(CAST(line AS TEXT), 'b1', 'b2') AS BLOB) WHERE leaf = 3")
        #expect(try await found(AuditQuery(subject: "b2"), in: house) == ["query.other b2"])
        // And the tree tells it.
        #expect(try await !house.store().faults.isEmpty)
    }

    @Test func `A store of the release before gets its columns, even where a line of it was damaged`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "yzt-queries-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.path + "/database.sqlite"
        let before = MigrationSet(room: "audit", migrations: Array(AuditLog.migrations.migrations.prefix(2)))
        let log = AuditLog(surroundings: .real)
        let old = try Database.open(at: path, migrations: [before], beforeCommit: [log.sequencer])
        try await old.write { transaction in
            for subject in ["a1", "a2"] {
                try log.record(AuditEvent(act: QueryAct.begun, actor: .system, subject: subject), in: transaction)
            }
            try transaction.execute(
                "INSERT INTO audit_event (id, line) VALUES ($1, $2)", [UInt8](repeating: 9, count: 16),
                Array(#"{"act":"query.begun","subject":"a1""#.utf8))
        }
        await old.close()
        let new = try Database.open(at: path, migrations: [AuditLog.migrations], beforeCommit: [log.sequencer])
        let count = try await new.read {
            try AuditQueries.events(AuditQuery(subject: "a1"), limit: 10, in: $0).count
        }
        #expect(count == 1)
        await new.close()
    }
}
