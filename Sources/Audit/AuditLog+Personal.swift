package import Groundwork
package import Storage

/// What this room itself writes into the audit.
package enum AuditLogAct: String, AuditAct {
    case personalForgotten = "audit.personal.forgotten"
    case personalOpened = "audit.personal.opened"
    case checkpointCountersigned = "audit.checkpoint.countersigned"
}

extension AuditLog {
    /// The personal data of an event that were not forgotten, by name, each with the salt that opens its commitment.
    package func personalData(
        of event: AuditEventIdentifier, in transaction: any ReadTransaction
    ) throws(Refusal) -> [String: PersonalCommitment] {
        var found: [String: PersonalCommitment] = [:]
        for row in try transaction.query("SELECT name, salt, datum FROM audit_personal WHERE event = $1", event) {
            found[try row.text("name")] = PersonalCommitment(salt: try row.blob("salt"), datum: try row.text("datum"))
        }
        return found
    }

    /// The events about a subject that still have personal data.
    package func eventsWithPersonalData(
        about subject: String, in transaction: any ReadTransaction
    ) throws(Refusal) -> [AuditEventIdentifier] {
        var events: [AuditEventIdentifier] = []
        for row in try transaction.query(
            "SELECT DISTINCT event FROM audit_personal WHERE subject = $1 ORDER BY event", subject)
        { events.append(try row.identifier("event")) }
        return events
    }

    /// Forgets an event's personal data (all of them, or one) and records that. The tree stays as it is; what remains
    /// of the datum is a hash that nobody can open.
    ///
    /// - Returns: the event that records the deletion.
    @discardableResult
    package func forgetPersonalData(
        of event: AuditEventIdentifier, named name: String? = nil, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) -> AuditEventIdentifier {
        let names = try transaction.query(
            "DELETE FROM audit_personal WHERE event = $1 AND ($2 IS NULL OR name = $2) RETURNING name", event, name)
        guard !names.isEmpty else { throw Refusal(AuditRefusal.unknownEvent, detail: event.shown) }
        var forgotten: [String] = []
        for row in names { forgotten.append(try row.text("name")) }
        return try record(
            AuditEvent(
                act: AuditLogAct.personalForgotten, actor: actor, subject: event.shown,
                facts: ["names": .array(forgotten.sorted().map { .string($0) })]), in: transaction)
    }

    /// Gives an event's personal data out with their salts, and records to whom.
    package func openPersonalData(
        of event: AuditEventIdentifier, named name: String? = nil, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) -> [PersonalOpening] {
        let openings = try personalData(of: event, in: transaction).filter { name == nil || $0.key == name }
            .sorted { $0.key < $1.key }
            .map { PersonalOpening(event: event, name: $0.key, salt: $0.value.salt, datum: $0.value.datum) }
        guard !openings.isEmpty else { throw Refusal(AuditRefusal.unknownEvent, detail: event.shown) }
        try record(
            AuditEvent(
                act: AuditLogAct.personalOpened, actor: actor, subject: event.shown,
                facts: ["names": .array(openings.map { .string($0.name) })]), in: transaction)
        return openings
    }
}

/// A datum with what opens its commitment: whoever has both can show what the log committed to.
package struct PersonalOpening: Hashable, Sendable {
    package let event: AuditEventIdentifier
    package let name: String
    package let salt: [UInt8]
    package let datum: String

    var json: CanonicalJSON {
        [
            "event": .string(event.shown), "name": .string(name), "salt": .string(Hex.encode(salt)),
            "datum": .string(datum),
        ]
    }

    init(event: AuditEventIdentifier, name: String, salt: [UInt8], datum: String) {
        self.event = event
        self.name = name
        self.salt = salt
        self.datum = datum
    }

    init?(json: CanonicalJSON) {
        guard let event = json["event"]?.string.flatMap({ AuditEventIdentifier(shown: $0) }),
            let name = json["name"]?.string, let salt = json["salt"]?.string.flatMap(Hex.decode), salt.count == 32,
            let datum = json["datum"]?.string
        else { return nil }
        self.init(event: event, name: name, salt: salt, datum: datum)
    }

    /// Whether the event commits to exactly this.
    func opens(_ event: CanonicalJSON) -> Bool {
        event["id"]?.string == self.event.shown
            && event["personal"]?[name]?.string
                == Hex.encode(PersonalCommitment(salt: salt, datum: datum).commitment)
    }
}
