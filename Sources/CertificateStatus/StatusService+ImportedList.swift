internal import CertificateRecords
package import Cryptography
package import Groundwork
package import Storage

extension StatusService {
    /// A list that was signed elsewhere, served from now on; it is current for everything that is revoked so far.
    package static func store(
        _ list: CertificateList, issuer: String, shard: Int, in transaction: any Transaction
    ) throws(Refusal) {
        guard let number = list.number, let nextUpdate = list.nextUpdate else {
            throw Refusal(
                CertificateStatusRefusal.unknownShard, detail: "the list of \(issuer) has no number or no end")
        }
        try CRLScopeStore.note(number: number, issuer: issuer, scope: shard, in: transaction)
        try transaction.execute(
            """
            INSERT INTO revocation_list (issuer, scope, kind, number, change_number, this_update, next_update, der)
            VALUES ($1, $2, 'complete', $3, $4, $5, $6, $7)
            ON CONFLICT (issuer, scope, kind) DO UPDATE SET number = excluded.number,
                change_number = excluded.change_number, this_update = excluded.this_update,
                next_update = excluded.next_update, der = excluded.der
            """, issuer, shard, number, StatusChange.number(in: transaction), list.thisUpdate, nextUpdate, list.der)
    }

    /// Lets go of the stored lists of a generation that signs here, and of what its deltas change: the next list of
    /// each scope is a new, complete one. What was given out goes on until its own end.
    package static func forgetLists(of issuer: String, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute("DELETE FROM revocation_list WHERE issuer = $1", issuer)
        try transaction.execute("DELETE FROM revocation_base WHERE issuer = $1", issuer)
    }

    package static func storedList(
        issuer: String, shard: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [UInt8]? {
        try transaction.first(
            "SELECT der FROM revocation_list WHERE issuer = $1 AND scope = $2 AND kind = 'complete'", issuer, shard
        )?.blob("der")
    }
}
