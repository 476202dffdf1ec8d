package import Groundwork
internal import Revocation
package import Storage

/// Records of one kind that a room keeps for a time only: how many are past it, and how they go, some at a time.
///
/// The room knows which records must stay whatever their age; the policy knows the time.
package struct RetainedRecords: Sendable {
    /// Below what no policy may go.
    package enum Floor: Sendable, Hashable {
        case none
        /// What belongs to a certificate: as long as the law asks for certificates, and the longest certificate's life
        /// before that.
        case certificates
    }

    /// As `Policies/retention.yaml` names it.
    package let kind: String
    package let floor: Floor
    package let count: @Sendable (_ before: Instant, any ReadTransaction) throws -> Int
    package let remove: @Sendable (_ before: Instant, _ limit: Int, any Transaction) throws -> Int

    /// - Parameters:
    ///   - count: how many ended before that moment and may go.
    ///   - remove: takes away at most so many of exactly these, and says how many.
    package init(
        kind: String, floor: Floor, count: @escaping @Sendable (_ before: Instant, any ReadTransaction) throws -> Int,
        remove: @escaping @Sendable (_ before: Instant, _ limit: Int, any Transaction) throws -> Int
    ) {
        self.kind = kind
        self.floor = floor
        self.count = count
        self.remove = remove
    }
}

extension RetainedRecords {
    /// Finished revocations in bulk: their lists. What was revoked stays in the history of each certificate.
    package static let bulkRevocations = RetainedRecords(
        kind: "bulk-revocations", floor: .certificates,
        count: { try BulkRetention.finished(before: $0, in: $1) },
        remove: { try BulkRetention.removeFinished(before: $0, limit: $1, in: $2) })
}
