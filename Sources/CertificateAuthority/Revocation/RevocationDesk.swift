package import Audit
package import Cryptography
package import Groundwork
package import Officers
package import Storage

/// Changes the status of certificates. Each change is one transaction: state, status version, revocation table, the
/// shard's version, the audit event, and the officers' order used up.
package struct RevocationDesk: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    private let policies: PolicyStore
    private let queue: SigningQueue

    init(
        database: Database, audit: AuditLog, surroundings: Surroundings, policies: PolicyStore, queue: SigningQueue
    ) {
        self.queue = queue
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.policies = policies
    }

    /// Ends a certificate for ever. Revoked already, it stays as it is and nothing is used up.
    /// - Parameter invalidSince: since when the key is known or suspected to have been misused (RFC 5280, 5.3.2), where
    ///   that is earlier than the revocation.
    @discardableResult
    package func revoke(
        _ serial: SerialNumber, reason: RevocationReason, invalidSince: Instant? = nil, on grounds: RevocationGrounds
    ) async throws -> CertificateRecord {
        try await urgently {
            try revoke(serial, reason: reason, invalidSince: invalidSince, on: grounds, in: $0)
        }
    }

    @discardableResult
    package func suspend(_ serial: SerialNumber, on grounds: RevocationGrounds) async throws -> CertificateRecord {
        try await urgently { try suspend(serial, on: grounds, in: $0) }
    }

    @discardableResult
    package func resume(_ serial: SerialNumber, on grounds: RevocationGrounds) async throws -> CertificateRecord {
        try await urgently { try resume(serial, on: grounds, in: $0) }
    }

    /// Before everything that the public asks for.
    func urgently(
        _ body: @escaping @Sendable (any Transaction) throws -> CertificateRecord
    ) async throws -> CertificateRecord {
        try await queue.urgently { try await database.write(body) }
    }

    /// The same inside a transaction of another room's act.
    @discardableResult
    package func revoke(
        _ serial: SerialNumber, reason: RevocationReason, invalidSince: Instant? = nil, on grounds: RevocationGrounds,
        in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        guard RevocationRule.permits(reason, by: grounds.voice, for: record.purpose) else {
            throw Refusal(RevocationRefusal.wrongReason, facts: ["reason": "\(reason)"])
        }
        if record.storedState == .revoked { return record }
        try refuse(record, .revoke)
        // What was suspended before is void from the suspension on: nobody could rely on it in between.
        let since = record.revocation?.revokedAt ?? surroundings.now()
        let invalidSince = invalidSince?.truncatedToSecond
        guard invalidSince.map({ $0 <= since && $0 >= record.notBefore }) ?? true else {
            throw Refusal(RevocationRefusal.invalidityDate)
        }
        try settle(
            grounds, .revokeCertificate, serial, RevocationDesk.parameters(reason, invalidSince), in: transaction)
        try RevocationStore.insert(
            serial: serial, issuer: record.issuer, shard: record.shard,
            fact: RevocationFact(reason: reason, revokedAt: since, invalidSince: invalidSince),
            notAfter: record.notAfter, in: transaction)
        var facts: [String: CanonicalJSON] = ["reason": .string("\(reason)")]
        if let invalidSince { facts["invalidSince"] = .integer(invalidSince.milliseconds) }
        if case .bulk(let order) = grounds { facts["list"] = .string(order.job.shown) }
        return try change(record, .revoke, .revoked, grounds, facts, in: transaction)
    }

    @discardableResult
    package func suspend(
        _ serial: SerialNumber, on grounds: RevocationGrounds, in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        if record.storedState == .suspended { return record }
        try refuse(record, .suspend)
        try settle(grounds, .suspendCertificate, serial, nil, in: transaction)
        try RevocationStore.insert(
            serial: serial, issuer: record.issuer, shard: record.shard,
            fact: RevocationFact(reason: .certificateHold, revokedAt: surroundings.now()), notAfter: record.notAfter,
            in: transaction)
        return try change(record, .suspend, .suspended, grounds, [:], in: transaction)
    }

    @discardableResult
    package func resume(
        _ serial: SerialNumber, on grounds: RevocationGrounds, in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        if record.storedState == .active { return record }
        try refuse(record, .resume)
        try settle(grounds, .resumeCertificate, serial, nil, in: transaction)
        try RevocationStore.remove(
            serial: serial, issuer: record.issuer, shard: record.shard, notAfter: record.notAfter,
            at: surroundings.now(), in: transaction)
        return try change(record, .resume, .resumed, grounds, [:], in: transaction)
    }

    /// What an officer signs to revoke.
    package func request(
        toRevoke serial: SerialNumber, because reason: RevocationReason, invalidSince: Instant? = nil, words: String
    ) -> CanonicalRequest {
        CanonicalRequest(
            .revokeCertificate, subject: serial.hex,
            parameters: RevocationDesk.parameters(reason, invalidSince?.truncatedToSecond), reason: words,
            in: surroundings)
    }

    static func parameters(
        _ reason: RevocationReason, _ invalidSince: Instant?
    ) -> [String: CanonicalJSON] {
        var parameters: [String: CanonicalJSON] = ["reason": .integer(Int64(reason.rawValue))]
        if let invalidSince { parameters["invalidSince"] = .integer(invalidSince.milliseconds) }
        return parameters
    }

    package func request(toSuspend serial: SerialNumber, words: String) -> CanonicalRequest {
        CanonicalRequest(.suspendCertificate, subject: serial.hex, reason: words, in: surroundings)
    }

    package func request(toResume serial: SerialNumber, words: String) -> CanonicalRequest {
        CanonicalRequest(.resumeCertificate, subject: serial.hex, reason: words, in: surroundings)
    }
}

extension RevocationDesk {
    /// The key has proved itself on its medium: from now on login and sealing accept the certificate.
    ///
    /// Too late, the certificate is revoked and the refusal says so.
    @discardableResult
    package func activate(_ serial: SerialNumber, actor: AuditActor) async throws -> CertificateRecord {
        let record = try await database.write { transaction in
            let record = try CertificateStore.required(serial, in: transaction)
            if let limit = record.activateBy, record.storedState == .issued, surroundings.now() > limit {
                return try revoke(
                    serial, reason: .cessationOfOperation, on: .system(reason: "not activated in time"),
                    in: transaction)
            }
            return try activate(serial, actor: actor, in: transaction)
        }
        guard record.storedState == .active else { throw Refusal(CertificateAuthorityRefusal.activationTooLate) }
        return record
    }

    /// The same inside a transaction of another room's act; too late, it only refuses.
    @discardableResult
    package func activate(
        _ serial: SerialNumber, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        if record.state(at: surroundings.now()) == .active { return record }
        try refuse(record, .activate)
        guard record.activateBy.map({ surroundings.now() <= $0 }) ?? true else {
            throw Refusal(CertificateAuthorityRefusal.activationTooLate)
        }
        try transaction.execute(
            "UPDATE certificate SET activated_at = $2 WHERE serial = $1", serial.bytes, surroundings.now())
        return try change(
            record, .activate, .activated, .onBehalf(actor, reason: "proved on the medium"), [:], in: transaction)
    }

    /// Revokes what was not activated in time. Anybody may call it, as often as they like.
    /// - Returns: the serial numbers that this call revoked.
    @discardableResult
    package func expireUnactivated(limit: Int = 1000) async throws -> [SerialNumber] {
        try await revokeAll(
            "SELECT serial FROM certificate WHERE state = 'issued' AND activate_by < $1 ORDER BY activate_by LIMIT $2",
            before: surroundings.now(), limit, because: "not activated in time")
    }

    /// Revokes what has been suspended for longer than the policy allows.
    @discardableResult
    package func endLongSuspensions(limit: Int = 1000) async throws -> [SerialNumber] {
        let days = try await policies.current().certificates.revocation.longestSuspensionDays
        return try await revokeAll(
            """
            SELECT r.serial AS serial FROM revocation r JOIN certificate c ON c.serial = r.serial
            WHERE r.reason = 6 AND r.revoked_at < $1 ORDER BY r.revoked_at LIMIT $2
            """, before: surroundings.now().adding(days: -Int64(days)), limit, because: "suspended too long")
    }

    private func revokeAll(
        _ query: String, before: Instant, _ limit: Int, because reason: String
    ) async throws -> [SerialNumber] {
        try await database.write { transaction in
            var serials: [SerialNumber] = []
            for row in try transaction.query(query, before, limit) {
                let serial = try row.serial("serial")
                try revoke(serial, reason: .cessationOfOperation, on: .system(reason: reason), in: transaction)
                serials.append(serial)
            }
            return serials
        }
    }

    private func refuse(_ record: CertificateRecord, _ transition: CertificateTransition) throws(Refusal) {
        let state = record.state(at: surroundings.now())
        guard state.after(transition) == nil else { return }
        throw Refusal(
            CertificateAuthorityRefusal.wrongState,
            facts: [
                "state": state.label.zh, "stateEnglish": state.label.en, "act": transition.label.zh,
                "actEnglish": transition.label.en,
            ])
    }

    /// An order must be for this act on this certificate, and is used up here.
    func settle(
        _ grounds: RevocationGrounds, _ act: OfficerAct, _ serial: SerialNumber,
        _ parameters: [String: CanonicalJSON]?, in transaction: any Transaction
    ) throws(Refusal) {
        guard case .authorised(let authorisation) = grounds else { return }
        try authorisation.require(act, subject: serial.hex, parameters: parameters)
        try authorisation.spend(in: transaction)
    }

    /// A step of the state machine.
    private func change(
        _ record: CertificateRecord, _ transition: CertificateTransition, _ act: CertificateAuthorityAct,
        _ grounds: RevocationGrounds, _ facts: [String: CanonicalJSON], in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        try refuse(record, transition)
        guard let state = record.state(at: surroundings.now()).after(transition) else {
            throw Refusal(CertificateAuthorityRefusal.statusBusy, detail: record.serialNumber.hex)
        }
        return try store(state, record, act, grounds, facts, in: transaction)
    }

    /// The row itself: state, next version, audit, history. The version guards against a writer that read before us.
    func store(
        _ state: CertificateState, _ record: CertificateRecord, _ act: CertificateAuthorityAct,
        _ grounds: RevocationGrounds, _ facts: [String: CanonicalJSON], in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        guard
            try transaction.execute(
                """
                UPDATE certificate SET state = $2, status_version = status_version + 1
                WHERE serial = $1 AND status_version = $3
                """, record.serialNumber.bytes, state.rawValue, record.statusVersion) == 1
        else { throw Refusal(CertificateAuthorityRefusal.statusBusy, detail: record.serialNumber.hex) }
        var facts = facts
        facts["grounds"] = .string(grounds.reason)
        facts["version"] = .integer(record.statusVersion + 1)
        let event = try audit.record(
            AuditEvent(act: act, actor: grounds.actor, subject: record.serialNumber.hex, facts: facts), in: transaction)
        let changed = try CertificateStore.required(record.serialNumber, in: transaction)
        try StatusHistory.append(changed, at: surroundings.now(), event: event, in: transaction)
        return changed
    }
}
