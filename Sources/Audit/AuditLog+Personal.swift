package import Groundwork
package import Storage

/// What this room itself writes into the audit.
package enum AuditLogAct: String, AuditAct {
    case personalForgotten = "audit.personal.forgotten"
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

    /// Forgets an event's personal data (all of them, or one) and records that. The tree stays as it is; what remains
    /// of the datum is a hash that nobody can open.
    package func forgetPersonalData(
        of event: AuditEventIdentifier, named name: String? = nil, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) {
        let names = try transaction.query(
            "DELETE FROM audit_personal WHERE event = $1 AND ($2 IS NULL OR name = $2) RETURNING name", event, name)
        guard !names.isEmpty else { throw Refusal(AuditRefusal.unknownEvent, detail: event.shown) }
        var forgotten: [String] = []
        for row in names { forgotten.append(try row.text("name")) }
        try record(
            AuditEvent(
                act: AuditLogAct.personalForgotten, actor: actor, subject: event.shown,
                facts: ["names": .array(forgotten.sorted().map { .string($0) })]), in: transaction)
    }
}
