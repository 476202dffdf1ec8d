internal import Audit
internal import Cryptography
internal import Groundwork
internal import Storage

/// Holds the stored policies against their hashes, and these against the event that put them in force: whoever writes
/// into the tables by hand changes nothing unseen, for the event stands in the audit's tree.
enum PolicySeal {
    /// - Throws: `policies-altered`.
    static func check(_ files: PolicyFiles, version: Int64, in transaction: any ReadTransaction) throws(Refusal) {
        for row in try transaction.query("SELECT path, hash FROM policy_file WHERE version = $1", version) {
            let path = try row.text("path")
            guard try row.blob("hash") == files.hash(of: path) else { throw altered(path) }
        }
        guard
            try transaction.first("SELECT hash FROM policy_set WHERE version = $1", version)?.blob("hash") == files.hash
        else { throw altered("version \(version): another set of files") }
        guard let ordered = try orderedHash(version, in: transaction) else {
            throw altered("version \(version): no event put it in force")
        }
        guard ordered == Hex.encode(files.hash) else {
            throw altered("version \(version): the event that put it in force names \(ordered)")
        }
    }

    /// Remembers which event it was: only where to look, for the event says itself what it is about.
    static func note(_ event: AuditEventIdentifier, version: Int64, in transaction: any Transaction) throws(Refusal) {
        try AuthoritySetting.set(name(version), event.shown, in: transaction)
    }

    private static func name(_ version: Int64) -> String { "policy-event/\(version)" }

    private static func orderedHash(
        _ version: Int64, in transaction: any ReadTransaction
    ) throws(Refusal) -> String? {
        if let shown = try AuthoritySetting.value(name(version), in: transaction),
            let event = AuditEventIdentifier(shown: shown),
            let row = try transaction.first("SELECT line FROM audit_event WHERE id = $1", event),
            let hash = hash(in: try row.blob("line"), version)
        {
            return hash
        }
        // Without the note the log is read from its begin: the first event about this version is its own.
        let subject = Array("\"subject\":\"policy-\(version)\"".utf8)
        for row in try transaction.query(
            "SELECT line FROM audit_event WHERE instr(line, $1) > 0 ORDER BY arrival", subject)
        { if let hash = hash(in: try row.blob("line"), version) { return hash } }
        return nil
    }

    private static func hash(in line: [UInt8], _ version: Int64) -> String? {
        guard let event = try? CanonicalJSON(parsingCanonical: line, limit: AuditLog.lineLimit),
            let act = event["act"]?.string.flatMap(CertificateAuthorityAct.init(rawValue:)),
            act == .policyStored || act == .policyApplied, event["subject"]?.string == "policy-\(version)"
        else { return nil }
        return event["facts"]?["hash"]?.string
    }

    private static func altered(_ detail: String) -> Refusal {
        Refusal(CertificateAuthorityRefusal.policiesAltered, detail: detail)
    }
}
