internal import CertificateProfiles
package import Groundwork
package import Storage

/// The revocation lists that were about to be signed: stored before the signature is made, so that a signature which
/// the store does not know was made after this store, not by a process that was killed.
package enum ListIntentStore {
    /// How many are kept of each issuer: far more than a journal's tail has, and some weeks of them.
    package static let kept = 20_000

    /// - Parameters:
    ///   - digest: SHA-256 of the TBSCertList.
    ///   - scope: as ``CRLScope/stored``.
    package static func insert(
        digest: [UInt8], issuer: String, scope: Int, number: Int, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try transaction.execute(
            """
            INSERT INTO list_intent (digest, issuer, scope, number, created_at) VALUES ($1, $2, $3, $4, $5)
            ON CONFLICT (digest) DO NOTHING
            """, digest, issuer, scope, number, now)
        try transaction.execute(
            """
            DELETE FROM list_intent WHERE issuer = $1 AND arrival <= (
                SELECT arrival FROM list_intent WHERE issuer = $1 ORDER BY arrival DESC LIMIT 1 OFFSET $2)
            """, issuer, kept)
    }

    package static func isKnown(_ digest: [UInt8], in transaction: any ReadTransaction) throws(Refusal) -> Bool {
        try transaction.first("SELECT 1 AS known FROM list_intent WHERE digest = $1", digest) != nil
    }

    /// When the oldest that is kept of an issuer was stored: what was signed before is not known any more, and nothing
    /// follows from that. `nil` where there is none.
    package static func oldest(issuer: String, in transaction: any ReadTransaction) throws(Refusal) -> Instant? {
        try transaction.first(
            "SELECT created_at FROM list_intent WHERE issuer = $1 ORDER BY arrival LIMIT 1", issuer
        )?.instant("created_at")
    }
}
