package import Audit
package import CertificateProfiles
package import Cryptography
package import Groundwork
package import Storage

/// The one writer of the table of certificates. Each change belongs to the transaction of the act that makes it, and
/// its row, its line of history and its audit event say the same.
package enum CertificateRegister {
    /// A certificate that has been signed and verified, and what is known of it beside its bytes.
    package struct Entry: Sendable {
        package let certificate: Certificate
        /// The issuing generation.
        package let issuer: String
        package let profile: String
        package let purpose: CertificatePurpose
        /// Of the subject's key.
        package let family: AlgorithmFamily?
        package let state: CertificateState
        package let shard: Int
        /// As ``CertificateRecord/origin``.
        package let origin: String
        package var creditCode: String?
        package var medium: [UInt8]?
        package var slot: UInt8?
        package var model: String?
        package var batch: String?
        package var servicePoint: String?
        /// Until when it has to be activated; `nil` where nothing has to be proved.
        package var activateBy: Instant?

        package init(
            certificate: Certificate, issuer: String, profile: String, purpose: CertificatePurpose,
            family: AlgorithmFamily?, state: CertificateState, shard: Int, origin: String
        ) {
            self.certificate = certificate
            self.issuer = issuer
            self.profile = profile
            self.purpose = purpose
            self.family = family
            self.state = state
            self.shard = shard
            self.origin = origin
        }
    }

    /// Stores a certificate whose intent was finished in the same transaction, with its first line of history.
    /// - Parameter facts: what the audit's event says beside the certificate's hash and state.
    package static func insert(
        _ entry: Entry, at now: Instant, by actor: AuditActor, facts: [String: CanonicalJSON], audit: AuditLog,
        in transaction: any Transaction
    ) throws(Refusal) {
        let certificate = entry.certificate
        let serial = certificate.serialNumber
        try transaction.execute(
            """
            INSERT INTO certificate (serial, issuer, profile, purpose, family, state, status_version, credit_code,
                medium, place, model, origin, shard, not_before, not_after, issued_at, activate_by, activated_at,
                der, batch, service_point, district)
            VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21)
            """, serial.bytes, entry.issuer, entry.profile, entry.purpose.rawValue, entry.family?.rawValue,
            entry.state.rawValue, entry.creditCode, entry.medium, entry.slot, entry.model, entry.origin, entry.shard,
            certificate.notBefore, certificate.notAfter, now, entry.activateBy, entry.state == .active ? now : nil,
            certificate.der, entry.batch, entry.servicePoint, entry.creditCode.flatMap(CertificateRecord.district))
        try StatusHistory.begin(
            serial, as: entry.state, at: now, by: .issuanceDone, of: actor,
            facts: facts.merging([
                "sha256": .string(Hex.encode(certificate.fingerprint)), "state": .string(entry.state.rawValue),
            ]) { $1 }, audit: audit, in: transaction)
    }

    /// The next status: row, audit event, history. The version guards against a writer that read before us.
    /// - Parameters:
    ///   - activatedAt: when its key proved itself; `nil` leaves what is stored.
    ///   - facts: what the event says beside the version and the dates.
    /// - Throws: `status-busy`.
    package static func change(
        _ record: CertificateRecord, to state: CertificateState, activatedAt: Instant? = nil,
        by change: CertificateChange, of actor: AuditActor, facts: [String: CanonicalJSON], at now: Instant,
        audit: AuditLog, in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        guard
            try transaction.execute(
                """
                UPDATE certificate SET state = $2, status_version = status_version + 1,
                    activated_at = coalesce($4, activated_at)
                WHERE serial = $1 AND status_version = $3
                """, record.serialNumber.bytes, state.rawValue, record.statusVersion, activatedAt) == 1
        else { throw Refusal(CertificateRecordsRefusal.statusBusy, detail: record.serialNumber.hex) }
        var facts = facts
        facts["version"] = .integer(record.statusVersion + 1)
        let changed = try CertificateStore.required(record.serialNumber, in: transaction)
        facts.merge(StatusHistory.dates(of: changed, at: now).facts) { $1 }
        let event = try audit.record(
            AuditEvent(act: change.act, actor: actor, subject: record.serialNumber.hex, facts: facts), in: transaction)
        try StatusHistory.append(changed, at: now, event: event, in: transaction)
        if record.purpose.isAuthoritysOwn { try StoredAuthority.touch(in: transaction) }
        return changed
    }

    /// Takes away a certificate's row and history. The store allows it only where an archive holds both.
    package static func remove(_ serial: SerialNumber, in transaction: any Transaction) throws(Refusal) {
        try transaction.execute("DELETE FROM certificate_status_event WHERE serial = $1", serial.bytes)
        try transaction.execute("DELETE FROM certificate WHERE serial = $1", serial.bytes)
    }
}

/// What happens to a certificate after it was stored; each has its event in the audit.
package enum CertificateChange: Sendable {
    case activated, suspended, resumed, revoked
    /// It stays revoked, for another reason or since an earlier date.
    case reasonRevised

    var act: CertificateRecordsAct {
        switch self {
        case .activated: .activated
        case .suspended: .suspended
        case .resumed: .resumed
        case .revoked: .revoked
        case .reasonRevised: .reasonRevised
        }
    }
}
