package import Groundwork
package import Storage

/// An event of the log as it is stored.
package struct RecordedEvent: Hashable, Sendable {
    /// Events stand in the order of these, which only grow; the next page goes on after the last one's.
    package let position: Int64
    /// The very line that the tree holds.
    package let line: [UInt8]

    /// The members of the line; `nil` where it is not the line of an event, which the check of the log tells.
    package var members: CanonicalJSON? { try? CanonicalJSON(parsingCanonical: line, limit: AuditLog.lineLimit) }

    init(_ row: Row) throws(Refusal) {
        position = try row.integer("arrival")
        line = try row.blob("line")
    }
}

/// Which events of the log are asked for: those for which all of it holds.
package struct AuditQuery: Sendable {
    /// One of these acts; any, where none is named.
    package var acts: [any AuditAct]
    /// About exactly this; about anything, where it is `nil`.
    package var subject: String?
    /// Told by its own time to have happened then or before.
    package var until: Instant?

    package init(acts: [any AuditAct] = [], subject: String? = nil, until: Instant? = nil) {
        self.acts = acts
        self.subject = subject
        self.until = until
    }
}

/// What other rooms ask of the log. Act, subject and time are the line's own members: the store works the columns out
/// of the line, so that nobody can write into a column what the line does not say.
package enum AuditQueries {
    /// One page, in the order of the log.
    ///
    /// - Parameters:
    ///   - position: that of the last event of the page before; `nil` for the first page.
    ///   - limit: how many events at most.
    package static func events(
        _ query: AuditQuery, after position: Int64? = nil, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [RecordedEvent] {
        let (text, values) = statement(query, after: position, order: "arrival LIMIT \(max(0, limit))")
        var events: [RecordedEvent] = []
        for row in try transaction.query(text, with: values) { events.append(try RecordedEvent(row)) }
        return events
    }

    /// The newest one; `nil` if there is none.
    package static func newest(
        _ query: AuditQuery, in transaction: any ReadTransaction
    ) throws(Refusal) -> RecordedEvent? {
        let (text, values) = statement(query, after: nil, order: "arrival DESC LIMIT 1")
        return try transaction.first(text, with: values).map { row throws(Refusal) in try RecordedEvent(row) }
    }

    /// All of them in the order of the log, in the memory of one page.
    package static func forEach(
        _ query: AuditQuery, in transaction: any ReadTransaction, _ body: (RecordedEvent) throws(Refusal) -> Void
    ) throws(Refusal) {
        var last: Int64?
        while true {
            let page = try events(query, after: last, limit: pageSize, in: transaction)
            for event in page { try body(event) }
            guard page.count == pageSize else { return }
            last = page.last?.position
        }
    }

    /// All events about subjects from one text to below another (by their UTF-8), in the order of subjects and, for
    /// each, of the log; in the memory of one page.
    package static func forEach(
        subjects: Range<String>, in transaction: any ReadTransaction,
        _ body: (_ subject: String, RecordedEvent) throws(Refusal) -> Void
    ) throws(Refusal) {
        var (subject, position) = (subjects.lowerBound, Int64.min)
        while true {
            let rows = try transaction.query(bySubject, subject, position, subjects.upperBound, pageSize)
            for row in rows {
                let event = try RecordedEvent(row)
                (subject, position) = (try row.text("subject"), event.position)
                try body(subject, event)
            }
            guard rows.count == pageSize else { return }
        }
    }

    /// How many events are read at a time.
    private static let pageSize = 2000

    static let bySubject = """
        SELECT subject, arrival, line FROM audit_event WHERE (subject, arrival) > ($1, $2) AND subject < $3
        ORDER BY subject, arrival LIMIT $4
        """

    /// The text for a query, and what stands for its placeholders.
    static func statement(_ query: AuditQuery, after position: Int64?, order: String) -> (String, [SQLValue]) {
        var values: [SQLValue] = []
        var conditions: [String] = []
        func placeholder(_ value: any SQLBindable) -> String {
            values.append(value.sqlValue)
            return "$\(values.count)"
        }
        if let subject = query.subject { conditions.append("subject = \(placeholder(subject))") }
        if !query.acts.isEmpty {
            let acts = query.acts.map { placeholder($0.rawValue) }
            conditions.append(acts.count == 1 ? "act = \(acts[0])" : "act IN (\(acts.joined(separator: ", ")))")
        }
        if let until = query.until { conditions.append("recorded_at <= \(placeholder(until))") }
        if let position { conditions.append("arrival > \(placeholder(position))") }
        let filter = conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))"
        return ("SELECT arrival, line FROM audit_event\(filter) ORDER BY \(order)", values)
    }
}
