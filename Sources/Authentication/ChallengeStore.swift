import Groundwork
import Storage

/// The SQL of challenges.
struct ChallengeStore: Sendable {
    func insert(
        _ challenge: StoredChallenge, nonceHash: [UInt8], at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO login_challenge (challenge_id, nonce_hash, session_hash, statement_hash, service_signature,
                client, origin, created_at, expires_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
            """, challenge.id, nonceHash, challenge.sessionHash, challenge.statementHash, challenge.serviceSignature,
            challenge.client, challenge.origin, now, challenge.expiresAt)
    }

    func challenge(_ id: ChallengeIdentifier, in transaction: any ReadTransaction) throws(Refusal) -> StoredChallenge? {
        let row = try transaction.first(
            """
            SELECT session_hash, statement_hash, service_signature, client, origin, expires_at, spent_at
            FROM login_challenge WHERE challenge_id = $1
            """, id)
        guard let row else { return nil }
        return StoredChallenge(
            id: id, sessionHash: try row.blob("session_hash"), statementHash: try row.blob("statement_hash"),
            serviceSignature: try row.blob("service_signature"), client: try row.text("client"),
            origin: try row.text("origin"), expiresAt: try row.instant("expires_at"),
            isSpent: try row.optionalInteger("spent_at") != nil)
    }

    /// Spends the challenge with what came of it.
    /// - Returns: `false` if somebody else did so first.
    func spend(
        _ id: ChallengeIdentifier, outcome: String, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) -> Bool {
        // A clock that was set back must not make the row impossible: the spending is never before the making.
        try transaction.execute(
            """
            UPDATE login_challenge SET outcome = $3,
                spent_at = CASE WHEN created_at > $2 THEN created_at ELSE $2 END
            WHERE challenge_id = $1 AND spent_at IS NULL
            """, id, now, outcome) == 1
    }

    /// How many one call of ``forget(before:in:)`` takes out.
    static let forgottenAtOnce = 1000

    /// Forgets challenges that expired before `instant`, ``forgottenAtOnce`` of them at most.
    func forget(before instant: Instant, in transaction: any Transaction) throws(Refusal) -> Int {
        try transaction.execute(
            """
            DELETE FROM login_challenge WHERE challenge_id IN
                (SELECT challenge_id FROM login_challenge WHERE expires_at < $1 ORDER BY expires_at LIMIT $2)
            """, instant, Self.forgottenAtOnce)
    }
}
