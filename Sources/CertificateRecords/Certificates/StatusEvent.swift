package import Audit
package import Cryptography
package import Groundwork
package import Storage

/// One line of a certificate's history: from when on it was in which state, and when that was entered.
package struct StatusEvent: Hashable, Sendable {
    /// The certificate's status version that began with it.
    package let version: Int64
    package let state: CertificateState
    /// Of a suspension or revocation.
    package let reason: RevocationReason?
    /// From when on it holds: for a revocation that may be before it was entered.
    package let since: Instant
    /// The revocation's own date, as lists and OCSP say it, where an invalidity date before it is what `since` says.
    package let revokedAt: Instant?
    package let recordedAt: Instant
    /// The event in the audit; `nil` for what was stored before there was a history.
    package let event: AuditEventIdentifier?

    package init(
        version: Int64, state: CertificateState, reason: RevocationReason?, since: Instant, revokedAt: Instant? = nil,
        recordedAt: Instant, event: AuditEventIdentifier?
    ) {
        self.version = version
        self.state = state
        self.reason = reason
        self.since = since
        self.revokedAt = revokedAt
        self.recordedAt = recordedAt
        self.event = event
    }
}

extension [StatusEvent] {
    /// A state that cannot follow the one before, by ``CertificateState/table``: nothing comes after a revocation but
    /// another word on the same one, whatever the log was made to say. `nil` where every step is lawful.
    package var unlawfulStep: String? {
        for (before, after) in zip(self, dropFirst()) {
            let isLawful =
                before.state == .revoked && after.state == .revoked
                || CertificateState.table.contains { $0.from == before.state && $0.to == after.state }
            if !isLawful { return "\(after.state.rawValue) after \(before.state.rawValue), line \(after.version)" }
        }
        return nil
    }
}

/// The table of what happened to certificates: lines are added in the act's own transaction, and never changed.
package enum StatusHistory {
    package static func append(
        _ event: StatusEvent, of serial: SerialNumber, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO certificate_status_event (serial, version, state, reason, since, recorded_at, event, revoked_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
            """, serial.bytes, event.version, event.state.rawValue, event.reason?.rawValue, event.since,
            event.recordedAt, event.event, event.revokedAt)
    }

    /// Begins the history of a serial number: the event and its line say the same state and the same moment.
    package static func begin(
        _ serial: SerialNumber, as state: CertificateState, reason: RevocationReason? = nil, at now: Instant,
        by act: CertificateRecordsAct, of actor: AuditActor, facts: [String: CanonicalJSON], audit: AuditLog,
        in transaction: any Transaction
    ) throws(Refusal) {
        let dates = Dates(since: now, revokedAt: nil, recordedAt: now)
        let event = try audit.record(
            AuditEvent(act: act, actor: actor, subject: serial.hex, facts: facts.merging(dates.facts) { $1 }),
            in: transaction)
        try append(
            StatusEvent(version: 1, state: state, reason: reason, since: now, recordedAt: now, event: event),
            of: serial, in: transaction)
    }

    /// From when on a certificate's new state holds, and the date of its revocation where that is another.
    package struct Dates {
        let since: Instant
        let revokedAt: Instant?
        let recordedAt: Instant

        /// As the audit's event says them: so that the line cannot say others.
        var facts: [String: CanonicalJSON] {
            var facts: [String: CanonicalJSON] = [
                "since": .integer(since.milliseconds), "recordedAt": .integer(recordedAt.milliseconds),
            ]
            if let revokedAt { facts["revokedAt"] = .integer(revokedAt.milliseconds) }
            return facts
        }
    }

    /// The state that a certificate has come into: a suspension and a revocation hold from their own moment on, which
    /// may be earlier than now; a revocation with an invalidity date from that date (RFC 5280, 5.3.2).
    package static func dates(of record: CertificateRecord, at now: Instant) -> Dates {
        let revocation = record.storedState == .active ? nil : record.revocation
        let since = revocation.map { min($0.invalidSince ?? $0.revokedAt, $0.revokedAt) } ?? now
        return Dates(
            since: since, revokedAt: revocation.flatMap { $0.revokedAt == since ? nil : $0.revokedAt }, recordedAt: now)
    }

    package static func append(
        _ record: CertificateRecord, at now: Instant, event: AuditEventIdentifier, in transaction: any Transaction
    ) throws(Refusal) {
        let dates = dates(of: record, at: now)
        try append(
            StatusEvent(
                version: record.statusVersion, state: record.storedState, reason: record.revocation?.reason,
                since: dates.since, revokedAt: dates.revokedAt, recordedAt: now, event: event),
            of: record.serialNumber, in: transaction)
    }

    package static func events(
        of serial: SerialNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> [StatusEvent] {
        var events: [StatusEvent] = []
        for row in try transaction.query(
            """
            SELECT version, state, reason, since, revoked_at, recorded_at, event FROM certificate_status_event
            WHERE serial = $1 ORDER BY version
            """, serial.bytes)
        { events.append(try StatusEvent(row)) }
        return events
    }

    /// Every line of the histories of a range of serial numbers, in the order of serial number and version, in the
    /// memory of one page.
    package static func forEach(
        in range: SerialRange, _ transaction: any ReadTransaction, _ body: (SerialNumber, StatusEvent) -> Void
    ) throws(Refusal) {
        var (last, version) = (range.after, Int64(0))
        while true {
            let rows = try transaction.query(
                """
                SELECT serial, version, state, reason, since, revoked_at, recorded_at, event
                FROM certificate_status_event
                WHERE (serial, version) > ($1, $2) AND serial < $3 ORDER BY serial, version LIMIT 2000
                """, last, version, range.before)
            for row in rows {
                let serial = try row.serial("serial")
                (last, version) = (serial.bytes, try row.integer("version"))
                body(serial, try StatusEvent(row))
            }
            if rows.isEmpty { return }
        }
    }

    /// Holds that ended before this moment may be unknown; `nil`: everything is known from the beginning.
    package static func begins(in transaction: any ReadTransaction) throws(Refusal) -> Instant? {
        try AuthoritySetting.value("status-history-since", in: transaction).flatMap { Int64($0) }
            .map { Instant(milliseconds: $0) }
    }
}

extension StatusEvent {
    /// From the columns of the table of histories.
    package init(_ row: Row) throws(Refusal) {
        let reason = try row.optionalInteger("reason").flatMap { RevocationReason(rawValue: Int($0)) }
        self.init(
            version: try row.integer("version"), state: try row.choice("state"), reason: reason,
            since: try row.instant("since"), revokedAt: try row.optionalInstant("revoked_at"),
            recordedAt: try row.instant("recorded_at"), event: try row.optionalIdentifier("event"))
    }

    package var json: CanonicalJSON {
        var members: [String: CanonicalJSON] = [
            "version": .integer(version), "state": .string(state.rawValue),
            "reason": reason.map { .string("\($0)") } ?? .null, "since": .string(since.rfc3339),
            "recordedAt": .string(recordedAt.rfc3339), "event": event.map { .string($0.shown) } ?? .null,
        ]
        if let revokedAt { members["revokedAt"] = .string(revokedAt.rfc3339) }
        return .object(members)
    }

    /// From outside; `nil` if it is malformed.
    package init?(json: CanonicalJSON) {
        guard let version = json["version"]?.integer, version > 0,
            let state = json["state"]?.string.flatMap(CertificateState.init(rawValue:)), state != .expired,
            let reason = json["reason"], let since = json["since"]?.string.flatMap({ Instant(rfc3339: $0) }),
            let recorded = json["recordedAt"]?.string.flatMap({ Instant(rfc3339: $0) }), let event = json["event"]
        else { return nil }
        let reasonRead = reason.string.flatMap { name in RevocationReason.allCases.first { "\($0)" == name } }
        let eventRead = event.string.flatMap { AuditEventIdentifier(shown: $0) }
        let revokedAt = json["revokedAt"]?.string.flatMap { Instant(rfc3339: $0) }
        guard reason == .null || reasonRead != nil, event == .null || eventRead != nil,
            json["revokedAt"] == nil || state == .revoked && revokedAt.map({ $0 > since }) ?? false
        else { return nil }
        self.init(
            version: version, state: state, reason: reasonRead, since: since, revokedAt: revokedAt,
            recordedAt: recorded, event: eventRead)
    }
}
