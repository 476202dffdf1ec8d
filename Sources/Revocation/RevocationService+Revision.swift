package import CertificateRecords
package import Cryptography
package import Groundwork
package import Officers
internal import Storage

extension RevocationService {
    /// Says afterwards why a certificate was revoked, where more became known (``RevocationRule/permitsRevision``).
    ///
    /// Nothing is taken back: the certificate stays revoked since the moment that it was, and an invalidity date (RFC
    /// 5280, 5.3.2) that was given stays or becomes an earlier one. The status version rises, so that lists and answers
    /// say it at once, in deltas too.
    /// - Parameter invalidSince: since when the key is known or suspected to have been misused; `nil`: as it was.
    @discardableResult
    package func reviseReason(
        _ serial: SerialNumber, to reason: RevocationReason, invalidSince: Instant? = nil, on order: Authorisation
    ) async throws -> CertificateRecord {
        try await urgently {
            try reviseReason(serial, to: reason, invalidSince: invalidSince, on: .authorised(order), in: $0)
        }
    }

    /// The same inside a transaction of another room's act.
    func reviseReason(
        _ serial: SerialNumber, to reason: RevocationReason, invalidSince: Instant?,
        on revocationAuthority: RevocationAuthority,
        in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        guard record.storedState == .revoked, let before = record.revocation else {
            throw Refusal(RevocationRefusal.notRevoked, facts: ["serial": serial.hex])
        }
        guard RevocationRule.permits(reason, by: revocationAuthority.requester, for: record.purpose) else {
            throw Refusal(RevocationRefusal.wrongReason, facts: ["reason": reason.name])
        }
        let asked = invalidSince?.truncatedToSecond
        guard asked.map({ $0 <= before.revokedAt && $0 >= record.notBefore }) ?? true else {
            throw Refusal(RevocationRefusal.invalidityDate)
        }
        let after = RevocationFact(
            reason: reason, revokedAt: before.revokedAt, invalidSince: asked ?? before.invalidSince)
        guard RevocationRule.permitsRevision(from: before, to: after) else {
            throw Refusal(
                RevocationRefusal.wrongRevision,
                facts: ["before": before.reason.name, "after": reason.name])
        }
        try settle(
            revocationAuthority, .reviseReason, record, RevocationService.parameters(reason, asked), in: transaction)
        try RevocationStore.insert(
            serial: serial, issuer: record.issuer, shard: record.shard, fact: after, notAfter: record.notAfter,
            in: transaction)
        var facts: [String: CanonicalJSON] = ["reason": .string(reason.name), "before": .string(before.reason.name)]
        if let date = after.invalidSince { facts["invalidSince"] = .integer(date.milliseconds) }
        return try store(.revoked, record, .reasonRevised, revocationAuthority, facts, in: transaction)
    }
}
