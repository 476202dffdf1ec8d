package import Groundwork

/// The closed list of what one room writes into the audit. Raw values are `area.thing.happened` and never renamed.
package protocol AuditAct: RawRepresentable, Sendable where RawValue == String {}

/// Who did it.
package enum AuditActor: Hashable, Sendable {
    /// A rule of this authority, at a time or on an occasion: never what a person ordered.
    case system
    /// The founding of the authority, before there were officers, or its custodians after the last was gone.
    case bootstrap
    /// An officer's identifier as shown.
    case officer(String)
    /// The medium number of the holder's key, in hexadecimal digits.
    case holder(String)
    case `public`

    var json: CanonicalJSON {
        switch self {
        case .system: ["kind": "system"]
        case .bootstrap: ["kind": "bootstrap"]
        case .officer(let identifier): ["kind": "officer", "id": .string(identifier)]
        case .holder(let medium): ["kind": "holder", "id": .string(medium)]
        case .public: ["kind": "public"]
        }
    }
}

package enum AuditEventKind: IdentifierKind {
    package static let prefix = "audit"
}

/// Names an event before it has a place in the tree.
package typealias AuditEventIdentifier = Identifier<AuditEventKind>

/// Something that happened, as its room tells it.
package struct AuditEvent: Sendable {
    package var act: String
    package var actor: AuditActor
    /// What it happened to: an identifier as shown, never a personal datum.
    package var subject: String
    /// Everybody who sees the log sees these: never a personal datum, never a secret.
    package var facts: [String: CanonicalJSON]
    /// Names, numbers and the like of persons. Only commitments to them enter the log; see ``PersonalCommitment``.
    package var personal: [String: String]

    package init(
        act: some AuditAct, actor: AuditActor, subject: String, facts: [String: CanonicalJSON] = [:],
        personal: [String: String] = [:]
    ) {
        self.act = act.rawValue
        self.actor = actor
        self.subject = subject
        self.facts = facts
        self.personal = personal
    }

    /// The line that is stored and hashed: RFC 8785 JSON without a line break.
    func line(
        identifier: AuditEventIdentifier, at moment: Instant, commitments: [String: PersonalCommitment]
    ) -> [UInt8] {
        let body: [String: CanonicalJSON] = [
            "version": 1, "id": .string(identifier.shown), "time": .integer(moment.milliseconds), "act": .string(act),
            "actor": actor.json, "subject": .string(subject), "facts": .object(facts),
            "personal": .object(commitments.mapValues { .string(Hex.encode($0.commitment)) }),
        ]
        return CanonicalJSON.object(body).bytes
    }
}
