internal import Audit
internal import Cryptography
internal import Groundwork
internal import Storage

extension Authority {
    /// Gives each generation's responder a new key and certificate before the old certificate ends. Of several processes
    /// one does it; housekeeping calls it.
    ///
    /// From then on the new one answers; what the old one signed stays verifiable until that ends by itself.
    /// - Returns: the generations that got one.
    @discardableResult
    package func renewResponders() async throws -> [String] {
        let days = Int64(try await policies.current().certificates.status.responderRenewedDaysBeforeEnd)
        let owner = status.process.owner
        var renewed: [String] = []
        for issuer in issuers.issuing where issuer.hasSigner {
            let now = surroundings.now()
            let soon = now.adding(days: days)
            // A generation that ends itself before long needs no new responder: its last one ends with it.
            guard soon < issuer.certificate.notAfter,
                let newest = serviceKeys(.ocspResponder, issuer: issuer.generation).last,
                newest.certificate.notAfter <= soon
            else { continue }
            let lease = "responder/\(issuer.generation)"
            let isOurs = try await database.write {
                try WorkLease.take(lease, owner: owner, at: now, seconds: 300, in: $0)
            }
            guard isOurs else { continue }
            // Another process may have done it before the lease was ours.
            try await refresh()
            if let latest = serviceKeys(.ocspResponder, issuer: issuer.generation).last,
                latest.certificate.notAfter <= soon
            {
                let key = try await renewService(.ocspResponder, issuer: issuer.generation)
                try await database.write { [audit] transaction in
                    try audit.record(
                        AuditEvent(
                            act: CertificateAuthorityAct.responderRenewed, actor: .system, subject: issuer.generation,
                            facts: ["serial": .string(key.certificate.serialNumber.hex)]), in: transaction)
                }
                renewed.append(issuer.generation)
            }
            try await database.write { try WorkLease.release(lease, owner: owner, in: $0) }
        }
        return renewed
    }
}
