package import Audit
package import CertificateRecords
package import Cryptography
package import Groundwork
package import KeyCustody
package import Storage
package import TimeStamping

/// Changes the status of certificates. Each change is one transaction: state, status version, revocation table, the
/// shard's version, the audit event, and the officers' order used up.
package struct RevocationService: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let policies: PolicyStore
    let queue: SigningQueue
    let clock: TrustedClock

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, policies: PolicyStore, queue: SigningQueue,
        clock: TrustedClock
    ) {
        self.clock = clock
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
        _ serial: SerialNumber, reason: RevocationReason, invalidSince: Instant? = nil,
        on revocationAuthority: RevocationAuthority
    ) async throws -> CertificateRecord {
        try await urgently {
            try revoke(serial, reason: reason, invalidSince: invalidSince, on: revocationAuthority, in: $0)
        }
    }

    @discardableResult
    package func suspend(_ serial: SerialNumber, on revocationAuthority: RevocationAuthority) async throws
        -> CertificateRecord
    {
        try await urgently { try suspend(serial, on: revocationAuthority, in: $0) }
    }

    @discardableResult
    package func resume(_ serial: SerialNumber, on revocationAuthority: RevocationAuthority) async throws
        -> CertificateRecord
    {
        try await urgently { try resume(serial, on: revocationAuthority, in: $0) }
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
        _ serial: SerialNumber, reason: RevocationReason, invalidSince: Instant? = nil,
        on revocationAuthority: RevocationAuthority,
        in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        guard RevocationRule.permits(reason, by: revocationAuthority.requester, for: record.purpose) else {
            throw Refusal(RevocationRefusal.wrongReason, facts: ["reason": reason.name])
        }
        if record.storedState == .revoked { return record }
        let state = try state(of: record, after: .revoke)
        // What was suspended before is void from the suspension on: nobody could rely on it in between.
        let since = record.revocation?.revokedAt ?? surroundings.now()
        let invalidSince = invalidSince?.truncatedToSecond
        guard invalidSince.map({ $0 <= since && $0 >= record.notBefore }) ?? true else {
            throw Refusal(RevocationRefusal.invalidityDate)
        }
        try settle(
            revocationAuthority, .revoke, record, RevocationService.parameters(reason, invalidSince), in: transaction)
        try RevocationStore.insert(
            serial: serial, issuer: record.issuer, shard: record.shard,
            fact: RevocationFact(reason: reason, revokedAt: since, invalidSince: invalidSince),
            notAfter: record.notAfter, in: transaction)
        var facts: [String: CanonicalJSON] = ["reason": .string(reason.name)]
        if let invalidSince { facts["invalidSince"] = .integer(invalidSince.milliseconds) }
        if case .bulk(let order) = revocationAuthority { facts["list"] = .string(order.job.shown) }
        let revoked = try store(state, record, .revoked, revocationAuthority, facts, in: transaction)
        // A key that others may have is stopped whoever is left.
        if reason != .keyCompromise { try keepAdministrators(record, in: transaction) }
        return revoked
    }

    @discardableResult
    package func suspend(
        _ serial: SerialNumber, on revocationAuthority: RevocationAuthority, in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        if record.storedState == .suspended { return record }
        let state = try state(of: record, after: .suspend)
        try settle(revocationAuthority, .suspend, record, in: transaction)
        try RevocationStore.insert(
            serial: serial, issuer: record.issuer, shard: record.shard,
            fact: RevocationFact(reason: .certificateHold, revokedAt: surroundings.now()), notAfter: record.notAfter,
            in: transaction)
        let suspended = try store(state, record, .suspended, revocationAuthority, [:], in: transaction)
        try keepAdministrators(record, in: transaction)
        return suspended
    }

    @discardableResult
    package func resume(
        _ serial: SerialNumber, on revocationAuthority: RevocationAuthority, in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        if record.storedState == .active { return record }
        let state = try state(of: record, after: .resume)
        try settle(revocationAuthority, .resume, record, in: transaction)
        try RevocationStore.remove(
            serial: serial, issuer: record.issuer, shard: record.shard, notAfter: record.notAfter,
            at: surroundings.now(), in: transaction)
        return try store(state, record, .resumed, revocationAuthority, [:], in: transaction)
    }

    package static func parameters(
        _ reason: RevocationReason, _ invalidSince: Instant?
    ) -> [String: CanonicalJSON] {
        var parameters: [String: CanonicalJSON] = ["reason": .integer(Int64(reason.rawValue))]
        if let invalidSince { parameters["invalidSince"] = .integer(invalidSince.milliseconds) }
        return parameters
    }
}

extension RevocationService {
    /// The key has proved itself on its medium: from now on login and sealing accept the certificate.
    ///
    /// Too late, the certificate is revoked and the refusal says so; while the clock is not trusted it only refuses.
    @discardableResult
    package func activate(_ serial: SerialNumber, actor: AuditActor) async throws -> CertificateRecord {
        @Sendable func isLate(_ record: CertificateRecord) -> Bool {
            record.storedState == .issued && record.activateBy.map { surroundings.now() > $0 } ?? false
        }
        let record = try await database.write { transaction -> CertificateRecord? in
            if isLate(try CertificateStore.required(serial, in: transaction)) { return nil }
            return try activate(serial, actor: actor, in: transaction)
        }
        if let record { return record }
        if try await clock.watch().isTrusted {
            try await database.write { transaction in
                // Another process may have activated or revoked it meanwhile.
                guard isLate(try CertificateStore.required(serial, in: transaction)) else { return }
                try revoke(
                    serial, reason: .cessationOfOperation, on: .system(reason: "not activated in time"),
                    in: transaction)
            }
        }
        throw Refusal(RevocationRefusal.activationTooLate)
    }

    /// The same inside a transaction of another room's act; too late, it only refuses.
    @discardableResult
    package func activate(
        _ serial: SerialNumber, actor: AuditActor, in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        let record = try CertificateStore.required(serial, in: transaction)
        if record.state(at: surroundings.now()) == .active { return record }
        let state = try state(of: record, after: .activate)
        guard record.activateBy.map({ surroundings.now() <= $0 }) ?? true else {
            throw Refusal(RevocationRefusal.activationTooLate)
        }
        return try store(
            state, record, .activated, .onBehalf(actor, reason: "proved on the medium"), [:],
            activatedAt: surroundings.now(), in: transaction)
    }

    /// A step of the state machine.
    /// - Throws: `wrong-state` where there is none from the state that the certificate is in now.
    private func state(
        of record: CertificateRecord, after transition: CertificateTransition
    ) throws(Refusal) -> CertificateState {
        let state = record.state(at: surroundings.now())
        if let next = state.after(transition) { return next }
        throw Refusal(
            CertificateRecordsRefusal.wrongState,
            facts: [
                "state": state.label.zh, "stateEnglish": state.label.en, "act": transition.label.zh,
                "actEnglish": transition.label.en,
            ])
    }

    /// The change itself, with what it rests on.
    func store(
        _ state: CertificateState, _ record: CertificateRecord, _ change: CertificateChange,
        _ revocationAuthority: RevocationAuthority, _ facts: [String: CanonicalJSON], activatedAt: Instant? = nil,
        in transaction: any Transaction
    ) throws(Refusal) -> CertificateRecord {
        try CertificateRegister.change(
            record, to: state, activatedAt: activatedAt, by: change, of: revocationAuthority.actor,
            facts: facts.merging(["grounds": .string(revocationAuthority.reason)]) { $1 }, at: surroundings.now(),
            audit: audit,
            in: transaction)
    }
}
