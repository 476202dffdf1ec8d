package import Groundwork
package import Storage

/// Records of entities that no longer exist go after a time; their random names stay, so that none is given twice.
package enum RegistryRetention {
    /// What the register said of the entity: the identity that its certificates stand on.
    package static func lines(
        creditCode: String, in transaction: any ReadTransaction
    ) throws(Refusal) -> [CanonicalJSON] {
        let row = try transaction.first(
            """
            SELECT name, entity_type, division, legal_representative, status, changed_at FROM registry_record
            WHERE uscc = $1
            """, creditCode)
        guard let row else { return [] }
        var former: [CanonicalJSON] = []
        for name in try transaction.query(
            "SELECT name, until FROM registry_former_name WHERE uscc = $1 ORDER BY place", creditCode)
        { former.append(["name": .string(try name.text("name")), "until": .integer(try name.integer("until"))]) }
        return [
            [
                "creditCode": .string(creditCode), "name": .string(try row.text("name")),
                "type": .string(try row.text("entity_type")), "division": .string(try row.text("division")),
                "legalRepresentative": .string(try row.text("legal_representative")),
                "status": .string(try row.text("status")), "formerNames": .array(former),
                "changedAt": .string(try row.instant("changed_at").rfc3339),
            ]
        ]
    }

    package static let gone = """
        SELECT uscc FROM registry_record WHERE status IN ('deregistered', 'relocated') AND changed_at < $1
        """

    package static func gone(before: Instant, in transaction: any ReadTransaction) throws(Refusal) -> Int {
        Int(try transaction.first("SELECT count(*) AS n FROM (\(gone))", before)?.integer("n") ?? 0)
    }

    package static func removeGone(
        before: Instant, limit: Int, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        let rows = try transaction.query("\(gone) LIMIT $2", before, limit)
        for row in rows {
            let code = try row.text("uscc")
            try transaction.execute("DELETE FROM registry_former_name WHERE uscc = $1", code)
            try transaction.execute("DELETE FROM registry_override WHERE uscc = $1", code)
            try transaction.execute("DELETE FROM registry_record WHERE uscc = $1", code)
        }
        return rows.count
    }
}
