internal import Groundwork
internal import Storage

/// What the log's own events say of personal data: which commitments there are, and which were forgotten.
struct PersonalRecord {
    struct Name: Hashable, Comparable {
        let event: String
        let name: String

        static func < (left: Name, right: Name) -> Bool { (left.event, left.name) < (right.event, right.name) }
    }

    private(set) var commitments: [Name: (leaf: Int, subject: String?, commitment: String)] = [:]
    /// What was forgotten, with the leaf that says so.
    private(set) var forgotten: [Name: Int] = [:]

    /// Takes in one event, in the order of leaves.
    mutating func note(_ event: CanonicalJSON, at leaf: Int) {
        if let personal = event["personal"]?.object, !personal.isEmpty, let identifier = event["id"]?.string {
            for (name, commitment) in personal {
                commitments[Name(event: identifier, name: name)] = (
                    leaf, event["subject"]?.string, commitment.string ?? ""
                )
            }
        }
        guard event["act"]?.string == AuditLogAct.personalForgotten.rawValue, let subject = event["subject"]?.string
        else { return }
        for name in event["facts"]?["names"]?.array ?? [] {
            forgotten[Name(event: subject, name: name.string ?? "")] = leaf
        }
    }

    /// How many went, by what the leaves below that one say.
    func deleted(below covered: Int) -> Int { forgotten.count { $0.value < covered && commitments[$0.key] != nil } }

    /// The lines that an export's `personal.jsonl` must have, in the order of leaves and names.
    var lines: [[UInt8]] {
        commitments.sorted { ($0.value.leaf, $0.key) < ($1.value.leaf, $1.key) }.map { name, written in
            CanonicalJSON.object([
                "event": .string(name.event), "leaf": .integer(Int64(written.leaf)), "name": .string(name.name),
                "commitment": .string(written.commitment), "state": forgotten[name] != nil ? "deleted" : "kept",
            ]).bytes
        }
    }
}

/// One stored personal datum.
struct PersonalEntry {
    let event: AuditEventIdentifier
    let name: String
    let salt: [UInt8]
    let datum: String
    let subject: String

    static func all(in transaction: any ReadTransaction) throws(Refusal) -> [PersonalEntry] {
        var entries: [PersonalEntry] = []
        for row in try transaction.query(
            "SELECT event, name, salt, datum, subject FROM audit_personal ORDER BY event, name")
        {
            entries.append(
                PersonalEntry(
                    event: try row.identifier("event"), name: try row.text("name"), salt: try row.blob("salt"),
                    datum: try row.text("datum"), subject: try row.text("subject")))
        }
        return entries
    }
}
