internal import Audit
internal import CertificateProfiles
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import KeyCustody
internal import Storage

extension Authority {
    /// Gives each generation's responder a new key and certificate before the old certificate ends, and at once where
    /// the last one was revoked. Of several processes one does it; housekeeping calls it.
    ///
    /// From then on the new one answers; what the old one signed stays verifiable until that ends by itself.
    /// - Returns: the generations that got one.
    /// - Throws: the first failure, after every other generation had its turn.
    @discardableResult
    package func renewResponders() async throws -> [String] {
        let days = Int64(try await policies.current().certificates.status.responderRenewedDaysBeforeEnd)
        return try await renewEach { issuer in
            guard responderIsDue(issuer, withinDays: days) else { return false }
            return try await underLease("responder/\(issuer.generation)") {
                // Another process may have done it before the lease was ours.
                try await refresh()
                guard responderIsDue(issuer, withinDays: days) else { return false }
                let key = try await renewService(.ocspResponder, issuer: issuer.generation)
                try await database.write { [audit] transaction in
                    try audit.record(
                        AuditEvent(
                            act: InstallationAct.responderRenewed, actor: .system, subject: issuer.generation,
                            facts: ["serial": .string(key.certificate.serialNumber.hex)]), in: transaction)
                }
                return true
            }
        }
    }

    /// The last responder of a generation ends with it: it is not replaced.
    private func responderIsDue(_ issuer: Issuer, withinDays days: Int64) -> Bool {
        let now = surroundings.now()
        guard now < issuer.certificate.notAfter else { return false }
        // One that a clock made that was ahead answers nobody yet, and must not keep the next one from being made.
        let begun = serviceKeys(.ocspResponder, issuer: issuer.generation).filter { $0.certificate.notBefore <= now }
        guard let newest = begun.last else { return true }
        let end = newest.certificate.notAfter
        return end <= now.adding(days: days) && end < issuer.certificate.notAfter
    }

    /// Each generation that issues, by itself: one that fails keeps no other from its turn.
    func renewEach(_ renew: (Issuer) async throws -> Bool) async throws -> [String] {
        var renewed: [String] = []
        var failure: (any Error)?
        for issuer in issuers.issuing where issuer.hasSigner && issuer.isActive {
            do {
                if try await renew(issuer) { renewed.append(issuer.generation) }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return renewed
    }

    /// - Returns: `false` while another process is at it.
    private func underLease(_ lease: String, _ work: () async throws -> Bool) async throws -> Bool {
        let owner = surroundings.randomBytes(16)
        let now = surroundings.now()
        let isOurs = try await database.write {
            try WorkLease.take(lease, owner: owner, at: now, seconds: 300, in: $0)
        }
        guard isOurs else { return false }
        let isDone: Bool
        do { isDone = try await work() } catch {
            // Said no by itself: the next one may try at once.
            _ = try? await database.write { try WorkLease.release(lease, owner: owner, in: $0) }
            throw error
        }
        try await database.write { try WorkLease.release(lease, owner: owner, in: $0) }
        return isDone
    }
}
