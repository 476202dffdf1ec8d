internal import Groundwork
internal import Storage

/// The SQL of bootstrap statements that were taken in.
enum BootstrapStore {
    static func taken(
        _ digest: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> (isSpent: Bool, takenAt: Instant)? {
        guard
            let row = try transaction.first(
                "SELECT taken_at, spent_at IS NOT NULL AS is_spent FROM officer_bootstrap_statement WHERE digest = $1",
                digest)
        else { return nil }
        return (try row.integer("is_spent") == 1, try row.instant("taken_at"))
    }

    /// The last one of this root.
    static func newest(
        of root: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> (number: Int64, issuedAt: Instant)? {
        guard
            let row = try transaction.first(
                """
                SELECT number, issued_at FROM officer_bootstrap_statement WHERE root = $1
                ORDER BY number DESC LIMIT 1
                """, root)
        else { return nil }
        return (try row.integer("number"), try row.instant("issued_at"))
    }

    static func insert(
        _ statement: BootstrapStatement, signature: [UInt8], at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO officer_bootstrap_statement
                (digest, root, number, issued_at, statement, signature, taken_at, nonce, spent_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, NULL, NULL)
            """, statement.digest, statement.root, statement.number, statement.issuedAt, statement.bytes, signature,
            now)
    }

    /// The newest one that is neither used nor expired; an older one is void beside it.
    static func open(at now: Instant, in transaction: any ReadTransaction) throws(Refusal) -> BootstrapStatement? {
        guard
            let row = try transaction.first(
                """
                SELECT statement, spent_at IS NOT NULL AS is_spent FROM officer_bootstrap_statement
                ORDER BY taken_at DESC, issued_at DESC LIMIT 1
                """)
        else { return nil }
        let statement = try BootstrapStatement(bytes: row.blob("statement"))
        return try row.integer("is_spent") == 0 && now < statement.expiresAt ? statement : nil
    }

    /// Names the authorisation that is good for this statement from here on.
    /// - Returns: whether the statement is unused.
    static func name(
        _ nonce: [UInt8], for statement: BootstrapStatement, in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        try transaction.execute(
            "UPDATE officer_bootstrap_statement SET nonce = $1 WHERE digest = $2 AND spent_at IS NULL", nonce,
            statement.digest) == 1
    }

    /// The unused statement of this authorisation.
    static func statement(
        nonce: [UInt8], in transaction: any ReadTransaction
    ) throws(Refusal) -> BootstrapStatement? {
        guard
            let row = try transaction.first(
                "SELECT statement FROM officer_bootstrap_statement WHERE nonce = $1 AND spent_at IS NULL", nonce)
        else { return nil }
        return try BootstrapStatement(bytes: row.blob("statement"))
    }

    static func spend(nonce: [UInt8], at now: Instant, in transaction: any Transaction) throws(Refusal) -> Bool {
        try transaction.execute(
            "UPDATE officer_bootstrap_statement SET spent_at = $1 WHERE nonce = $2 AND spent_at IS NULL", now, nonce)
            == 1
    }
}
