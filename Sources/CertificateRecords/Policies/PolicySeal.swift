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

    /// The first event about this version is its own: one that was slipped in later counts for nothing.
    private static func orderedHash(
        _ version: Int64, in transaction: any ReadTransaction
    ) throws(Refusal) -> String? {
        let query = AuditQuery(
            acts: [CertificateRecordsAct.policyStored, CertificateRecordsAct.policyApplied],
            subject: "policy-\(version)")
        for event in try AuditQueries.events(query, limit: 100, in: transaction) {
            if let hash = event.members?["facts"]?["hash"]?.string { return hash }
        }
        return nil
    }

    private static func altered(_ detail: String) -> Refusal {
        Refusal(CertificateRecordsRefusal.policiesAltered, detail: detail)
    }
}
