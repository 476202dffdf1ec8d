package import Cryptography
package import Groundwork
package import Storage

extension CertificateStore {
    /// What ends by itself after a time.
    package enum Due: Sendable, CaseIterable {
        /// Issued, and not activated by the moment that was set for it.
        case unactivated
        /// Suspended since before a moment; officers' are not, for two officers revoke those.
        case suspended

        /// An SQL query with `serial` and `since`; `$1`: before which moment it was due, `$2`: the time now. What
        /// has ended by itself has no more to be revoked.
        fileprivate var query: String {
            switch self {
            case .unactivated:
                """
                SELECT c.serial AS serial, c.activate_by AS since FROM certificate c
                WHERE c.state = 'issued' AND c.activate_by < $1 AND c.not_after >= $2
                """
            case .suspended:
                """
                SELECT c.serial AS serial, r.revoked_at AS since FROM revocation r
                JOIN certificate c ON c.serial = r.serial
                WHERE r.reason = 6 AND r.revoked_at < $1 AND c.not_after >= $2 AND c.state = 'suspended'
                    AND c.purpose <> 'officer'
                """
            }
        }
    }

    /// The longest due first, at most `limit`.
    package static func due(
        _ due: Due, before moment: Instant, at now: Instant, limit: Int, in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        try transaction.query("\(due.query) ORDER BY since LIMIT $3", moment, now, limit).serials()
    }

    /// Whether one certificate still is: it may have been activated, resumed or revoked meanwhile.
    package static func isDue(
        _ due: Due, _ serial: SerialNumber, before moment: Instant, at now: Instant,
        in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        try transaction.first("\(due.query) AND c.serial = $3", moment, now, serial.bytes) != nil
    }
}
