package import Groundwork
package import Storage

extension AuditLog {
    /// The name of this log, which no other has; `nil` before the first event.
    package static func origin(in transaction: any ReadTransaction) throws(Refusal) -> String? {
        try AuditTree.head(in: transaction)?.origin
    }

    /// The checkpoint with that number; `nil` if there is none.
    package func checkpoint(
        number: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> SignedCheckpoint? {
        guard
            let row = try transaction.first(
                "SELECT body, signature, token FROM audit_checkpoint WHERE number = $1", number)
        else { return nil }
        guard let checkpoint = Checkpoint(body: try row.blob("body")) else {
            throw Refusal(AuditRefusal.treeDamaged, detail: "checkpoint \(number)")
        }
        return SignedCheckpoint(
            checkpoint: checkpoint, signature: try row.blob("signature"), token: try row.optionalBlob("token"))
    }
}
