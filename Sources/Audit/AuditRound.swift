package import Groundwork
package import Storage

/// The round over the whole past, slice by slice in turn, for ever.
///
/// It goes on whatever it finds: a fault stays an alarm until its own slice comes round again and holds, and hides no
/// other.
package struct AuditRound: Sendable {
    private let length: Int
    /// Where the next slice begins.
    private var position = 0
    /// What is wrong, by where its slice begins.
    private var certificateStatus: [Int: Refusal] = [:]

    /// - Parameter pieces: so many times ``AuditStoreCheck/sliceLength`` leaves are a slice.
    package init(pieces: Int = 16) { length = max(1, pieces) * AuditStoreCheck.sliceLength }

    /// The first alarm that stands.
    package var alarm: Refusal? { certificateStatus.min { $0.key < $1.key }?.value }

    /// The round after the next slice.
    package func afterNext(trust: AuditTrust, in transaction: any ReadTransaction) throws -> AuditRound {
        var round = self
        let size = try AuditLog.size(in: transaction)
        let end = min(size, position + length)
        let check = AuditStoreCheck(trust: trust, transaction: transaction)
        do throws(Refusal) {
            round.certificateStatus[position] = AuditVerdict.refusal(for: try check.slice(from: position, to: end))
        } catch {
            // What cannot be read as a log is a fault of this slice; a store that is busy is none.
            guard error.isBecause(AuditRefusal.treeDamaged) else { throw error }
            round.certificateStatus[position] = error
        }
        round.position = end < size ? end : 0
        return round
    }
}
