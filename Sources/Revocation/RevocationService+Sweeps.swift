internal import CertificateProfiles
internal import CertificateRecords
package import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage
internal import TimeStamping

/// What ends by itself. Anybody may call these, as often as they like; housekeeping does.
///
/// Nobody looks on, and nothing is taken back: so they wait while the clock is not trusted, for one that runs ahead
/// would end every hold and every certificate that waits for its key.
extension RevocationService {
    /// Revokes what was not activated in time.
    /// - Returns: the serial numbers that this call revoked.
    @discardableResult
    package func expireUnactivated(limit: Int = 1000) async throws -> [SerialNumber] {
        try await revokeEach(.unactivated, before: surroundings.now(), limit, because: "not activated in time")
    }

    /// Revokes what has been suspended for longer than the policy allows. An officer's certificate waits for the two
    /// officers whom its revocation takes: one alone can suspend it.
    @discardableResult
    package func endLongSuspensions(limit: Int = 1000) async throws -> [SerialNumber] {
        let days = try await policies.current().certificates.revocation.longestSuspensionDays
        return try await revokeEach(
            .suspended, before: surroundings.now().adding(days: -Int64(days)), limit, because: "suspended too long")
    }

    /// Each by itself, the oldest first: one that cannot be revoked keeps none of the others waiting. What ended by
    /// itself has no more to be revoked.
    /// - Throws: the first failure, after all others had their turn; `clock-untrusted` before any.
    private func revokeEach(
        _ due: CertificateStore.Due, before: Instant, _ limit: Int, because reason: String
    ) async throws -> [SerialNumber] {
        if case .untrusted(let distrust) = try await clock.watch() { throw TrustedClock.refusal(distrust) }
        let now = surroundings.now().truncatedToSecond
        let candidates = try await database.read { transaction in
            try CertificateStore.due(due, before: before, at: now, limit: limit, in: transaction)
        }
        var revoked: [SerialNumber] = []
        var failure: (any Error)?
        for serial in candidates {
            do {
                let isRevoked = try await queue.urgently {
                    try await database.write { transaction in
                        guard try CertificateStore.isDue(due, serial, before: before, at: now, in: transaction)
                        else { return false }
                        try revoke(
                            serial, reason: .cessationOfOperation, on: .system(reason: reason), in: transaction)
                        return true
                    }
                }
                if isRevoked { revoked.append(serial) }
            } catch let refusal as Refusal where refusal.retry == .no {
                failure = failure ?? refusal
            }
        }
        if let failure { throw failure }
        return revoked
    }
}
