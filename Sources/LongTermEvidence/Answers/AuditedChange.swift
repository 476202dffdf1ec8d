package import Audit
package import CertificateRecords
package import Cryptography
package import Groundwork
package import Storage

/// A change of a certificate's status as the audit tells it: one event, read from the very line that the tree holds.
package struct AuditedChange: Hashable, Sendable {
    package let identifier: AuditEventIdentifier
    package let serial: SerialNumber
    package let act: CertificateRecordsAct
    package let at: Instant
    private let facts: CanonicalJSON?

    /// `nil` where the line is about something else.
    package init?(line: [UInt8]) {
        guard let event = try? CanonicalJSON(parsing: line, limit: AuditLog.lineLimit),
            let identifier = event["id"]?.string.flatMap({ AuditEventIdentifier(shown: $0) }),
            let serial = event["subject"]?.string.flatMap({ SerialNumber(hex: $0) }),
            let act = event["act"]?.string.flatMap(CertificateRecordsAct.init(rawValue:)),
            let time = event["time"]?.integer
        else { return nil }
        self.identifier = identifier
        self.serial = serial
        self.act = act
        at = Instant(milliseconds: time)
        facts = event["facts"]
    }

    /// The act and the line of the history are written in one transaction, one after the other. Events of before they
    /// told the line's own time are held against it within this.
    private static let apart: Int64 = 60_000

    /// Whether this event is what the line of the history says.
    ///
    /// - Parameter fingerprint: of the certificate; `nil` for a serial number whose certificate never came to be.
    package func bearsOut(_ line: StatusEvent, of fingerprint: [UInt8]?) -> Bool {
        guard line.event == identifier, fits(line, fingerprint),
            facts?["version"].map({ $0.integer == line.version }) ?? (isEnd || line.version == 1),
            facts?["recordedAt"].map({ $0.integer == line.recordedAt.milliseconds }) ?? isNear(line.recordedAt)
        else { return false }
        if let since = facts?["since"] {
            return since.integer == line.since.milliseconds
                && facts?["revokedAt"]?.integer == line.revokedAt?.milliseconds
        }
        guard isEnd else { return isNear(line.since) }
        // An event from before its dates were written into it, or of a root's list: those are the list's.
        return line.since <= line.recordedAt.adding(milliseconds: Self.apart)
            && (line.revokedAt == nil || facts?["invalidSince"]?.integer == line.since.milliseconds)
    }

    /// Whether this event can be behind a line that was made of the certificate's row when the history began, and so
    /// names none. An event that tells the line's date was written with a line that names it, and with no other.
    package func couldHaveMade(_ line: StatusEvent, of fingerprint: [UInt8]?) -> Bool {
        guard line.event == nil, facts?["since"] == nil, fits(line, fingerprint), line.since == line.recordedAt,
            line.revokedAt == nil
        else { return false }
        // A revocation after a hold was entered with the hold's date.
        return isEnd ? line.since <= at.adding(milliseconds: Self.apart) : isNear(line.since)
    }

    private var isEnd: Bool { [.revoked, .reasonRevised, .issuanceClosed].contains(act) }

    private func isNear(_ instant: Instant) -> Bool { abs(at.milliseconds - instant.milliseconds) <= Self.apart }

    private func fits(_ line: StatusEvent, _ fingerprint: [UInt8]?) -> Bool {
        switch (line.state, act) {
        case (.issued, .issuanceDone), (.active, .issuanceDone):
            fingerprint != nil && facts?["sha256"]?.string == fingerprint.map { Hex.encode($0) }
                && facts?["state"].map { $0.string == line.state.rawValue } ?? true
        case (.active, .activated), (.active, .resumed), (.suspended, .suspended): true
        case (.revoked, .revoked), (.revoked, .reasonRevised):
            facts?["reason"]?.string == line.reason.map { "\($0)" }
        case (.revoked, .issuanceClosed): fingerprint == nil && line.reason == .unspecified
        default: false
        }
    }
}

extension AuditedChange {
    /// Acts about certificates but for intents, which change nothing.
    private static let acts = CertificateRecordsAct.allCases.filter {
        $0.rawValue.hasPrefix("certificate.") && $0 != .issuanceIntended
    }

    /// In the order of the log.
    package static func all(of serial: SerialNumber, in transaction: any ReadTransaction) throws(Refusal)
        -> [AuditedChange]
    {
        var changes: [AuditedChange] = []
        try AuditQueries.forEach(AuditQuery(acts: acts, subject: serial.hex), in: transaction) { event in
            if let change = AuditedChange(line: event.line) { changes.append(change) }
        }
        return changes
    }

    /// The same for all serial numbers that begin with one byte, in the memory of one page.
    package static func forEach(
        in bucket: Int, _ transaction: any ReadTransaction, _ body: (AuditedChange) -> Void
    ) throws(Refusal) {
        // Serial numbers are positive: the first byte is at most 7F.
        let subjects = Hex.encode([UInt8(bucket)])..<Hex.encode([UInt8(bucket + 1)])
        try AuditQueries.forEach(subjects: subjects, in: transaction) { _, event in
            if let change = AuditedChange(line: event.line), acts.contains(change.act) { body(change) }
        }
    }
}
