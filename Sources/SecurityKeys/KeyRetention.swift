internal import AgentProtocol
internal import Cryptography
package import Groundwork
package import Storage

/// How long this room keeps what: where a certificate lay goes with the certificate; secrets of keys that were retired
/// and journals of plans that ended go after a time.
package enum KeyRetention {
    /// Where the certificate lay, and the plan that put it there with its journal: the application as it was carried
    /// out. No secret is in it.
    package static func lines(
        certificate der: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> [CanonicalJSON] {
        let row = try transaction.first(
            """
            SELECT k.medium AS medium, k.purpose AS purpose, k.place AS place, k.origin AS origin,
                k.plan AS plan, k.created_at AS created_at, p.kind AS kind, p.state AS outcome, p.journal AS journal
            FROM key_certificate k LEFT JOIN key_plan p ON p.plan = k.plan WHERE k.fingerprint = $1
            """, DigestAlgorithm.sha256.hash(der))
        guard let row else { return [] }
        func text(_ name: String) throws(Refusal) -> CanonicalJSON {
            try row.optionalText(name).map { .string($0) } ?? .null
        }
        return [
            [
                "medium": .string(Hex.encode(try row.blob("medium"))), "purpose": try text("purpose"),
                "place": try text("place"), "origin": try text("origin"),
                "plan": .string(Hex.encode(try row.blob("plan"))), "kind": try text("kind"),
                "outcome": try text("outcome"), "journal": try text("journal"),
                "createdAt": .string(try row.instant("created_at").rfc3339),
            ]
        ]
    }

    package static func remove(certificate der: [UInt8], in transaction: any Transaction) throws(Refusal) {
        try transaction.execute(
            "DELETE FROM key_certificate WHERE fingerprint = $1", DigestAlgorithm.sha256.hash(der))
    }

    // MARK: Plans

    /// Plans that ended, and that put no certificate on a key whose record is still here: with that the plan's journal
    /// stays, for it is the application for it. An open one stays, whatever its age.
    package static let endedPlans = """
        SELECT plan FROM key_plan WHERE state <> 'open' AND changed_at < $1
            AND NOT EXISTS (SELECT 1 FROM key_certificate c WHERE c.plan = key_plan.plan)
        """

    package static func endedPlans(before: Instant, in transaction: any ReadTransaction) throws(Refusal) -> Int {
        Int(try transaction.first("SELECT count(*) AS n FROM (\(endedPlans))", before)?.integer("n") ?? 0)
    }

    package static func removeEndedPlans(
        before: Instant, limit: Int, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        try transaction.execute("DELETE FROM key_plan WHERE plan IN (\(endedPlans) LIMIT $2)", before, limit)
    }

    // MARK: Secrets

    /// Media that were retired, from which nothing leads back, and still have secrets or counts of tries.
    package static let deadMedia = """
        SELECT k.medium FROM security_key k WHERE k.status = 'retired' AND k.changed_at < $1 AND (
            EXISTS (SELECT 1 FROM escrow_secret e WHERE e.medium = k.medium)
            OR EXISTS (SELECT 1 FROM secret_tries t WHERE t.medium = k.medium))
            AND NOT EXISTS (SELECT 1 FROM key_plan p WHERE p.medium = k.medium AND p.state = 'open')
        """

    package static func deadSecrets(before: Instant, in transaction: any ReadTransaction) throws(Refusal) -> Int {
        Int(try transaction.first("SELECT count(*) AS n FROM (\(deadMedia))", before)?.integer("n") ?? 0)
    }

    /// - Returns: of how many media.
    package static func removeDeadSecrets(
        before: Instant, limit: Int, in transaction: any Transaction
    ) throws(Refusal) -> Int {
        let media = try transaction.query("\(deadMedia) LIMIT $2", before, limit)
        for row in media {
            let medium = try row.blob("medium")
            try transaction.execute("DELETE FROM escrow_secret WHERE medium = $1", medium)
            try transaction.execute("DELETE FROM secret_tries WHERE medium = $1", medium)
        }
        return media.count
    }
}
