package import Audit
package import Cryptography
package import Groundwork
package import Storage

/// Whether a certificate can be relied on now.
package enum OfficerCertificateStatus: Sendable, Hashable {
    case good
    /// With the reason for the operator.
    case notGood(String)
}

/// "Is this officer's certificate good now?": chain, validity, purpose, status. Asked when an order comes in and again
/// in the transaction that carries it out. What it throws counts as unknown, and unknown refuses.
package typealias CertificateCheck =
    @Sendable (Certificate, Instant, any ReadTransaction) throws -> OfficerCertificateStatus

/// The officers of this authority and the judge of their orders.
package struct OfficerRegister: Sendable {
    let database: Database
    let audit: AuditLog
    private let inForce: @Sendable () -> DualControl
    /// The rules in force now.
    package var policy: DualControl { inForce() }
    let surroundings: Surroundings
    let check: CertificateCheck

    package init(
        database: Database, audit: AuditLog, policy: DualControl, surroundings: Surroundings,
        isGood check: @escaping CertificateCheck
    ) {
        self.init(
            database: database, audit: audit, policyInForce: { policy }, surroundings: surroundings, isGood: check)
    }

    /// - Parameter policyInForce: asked at each act, for policies change while a service runs.
    package init(
        database: Database, audit: AuditLog, policyInForce: @escaping @Sendable () -> DualControl,
        surroundings: Surroundings, isGood check: @escaping CertificateCheck
    ) {
        self.database = database
        self.audit = audit
        self.inForce = policyInForce
        self.surroundings = surroundings
        self.check = check
    }

    package func officers() async throws -> [Officer] {
        try await database.read { try OfficerStore.all(in: $0) }
    }

    package func officer(_ identifier: OfficerIdentifier, in transaction: any ReadTransaction) throws(Refusal)
        -> Officer?
    {
        try OfficerStore.officer(identifier, in: transaction)
    }

    /// The officer who has this certificate now, whatever the officer's status.
    package func officer(certificate: Certificate, in transaction: any ReadTransaction) throws(Refusal) -> Officer? {
        try OfficerStore.officer(certificate: certificate.der, in: transaction)
    }

    /// Verifies an order: its form, its time, each signature, the officers' status, roles and number, and that they
    /// are different people. The grant is recorded, and so is the refusal of what an officer of ours is said to have
    /// signed; everything else is ``Authorisation/spend(in:)``'s.
    package func authorise(
        _ requestBytes: [UInt8], signatures: [OfficerSignature], at now: Instant? = nil
    ) async throws -> Authorisation {
        let now = now ?? surroundings.now()
        let request = try CanonicalRequest(bytes: requestBytes)
        try request.checkForm()
        let officers: [Officer]
        do { officers = try await self.officers(behind: signatures, under: request, at: now) } catch let refusal
            as Refusal
        {
            await note(refusal, of: request, signatures)
            throw refusal
        }
        let register = self
        try await database.write { transaction in
            try register.record(
                .authorisationGranted, actor: officers.first.map { .officer($0.identifier.shown) } ?? .bootstrap,
                subject: request.subject, facts: Self.facts(of: request, officers), in: transaction)
        }
        Counted.orders.add(request.act.rawValue)
        return Authorisation(
            request: request, origin: .officers(officers.map(\.identifier)),
            spending: { (transaction) throws(Refusal) in
                try register.spend(request, signatures: signatures, in: transaction)
            },
            keeping: { (transaction) throws(Refusal) in try register.checkSomebodyIsLeft(in: transaction) })
    }

    private func officers(
        behind signatures: [OfficerSignature], under request: CanonicalRequest, at now: Instant
    ) async throws -> [Officer] {
        try checkTime(of: request, at: now)
        let rule = policy.rule(for: request.act)
        guard signatures.count == rule.officers else {
            throw Refusal(
                OfficersRefusal.signatureCount,
                facts: request.act.facts.merging([
                    "needed": String(rule.officers), "given": String(signatures.count),
                ]) { $1 })
        }
        try OfficerSignature.verify(signatures, under: request)
        return try await database.read { transaction in
            try certificateStatus(of: signatures, for: request, at: now, in: transaction)
        }
    }

    /// Records a refusal where a certificate of one of our officers came with the order: a third party's attempts do
    /// not fill the log. A store that cannot take it does not hide the refusal itself.
    private func note(_ refusal: Refusal, of request: CanonicalRequest, _ signatures: [OfficerSignature]) async {
        _ = try? await database.write { transaction in
            var named: [Officer] = []
            for signature in signatures.prefix(2) {
                if let officer = try OfficerStore.officer(certificate: signature.certificate, in: transaction) {
                    named.append(officer)
                }
            }
            guard !named.isEmpty else { return }
            var facts = Self.facts(of: request, named)
            facts["reason"] = .string(refusal.code)
            // Nobody is shown to have done this: a certificate is public, and the signature may be anybody's.
            try record(.authorisationRefused, actor: .public, subject: request.subject, facts: facts, in: transaction)
        }
    }

    private static func facts(of request: CanonicalRequest, _ officers: [Officer]) -> [String: CanonicalJSON] {
        [
            "act": .string(request.act.rawValue),
            "officers": .array(officers.map { .string($0.identifier.shown) }),
            "request": .string(Hex.encode(DigestAlgorithm.sha256.hash(request.bytes))),
        ]
    }

    /// Signs with each signer in turn and authorises: the whole way where the keys are at hand.
    package func authorise(
        _ request: CanonicalRequest, by signers: [any OfficerSigner]
    ) async throws -> Authorisation {
        var signatures: [OfficerSignature] = []
        for signer in signers { signatures.append(try await OfficerSignature.make(under: request, with: signer)) }
        return try await authorise(request.bytes, signatures: signatures)
    }

    private func checkTime(of request: CanonicalRequest, at now: Instant) throws(Refusal) {
        guard request.issuedAt <= now.adding(seconds: policy.clockSkewSeconds) else {
            throw Refusal(OfficersRefusal.notYetValid)
        }
        guard now < request.expiresAt else { throw Refusal(OfficersRefusal.expired) }
        // The times come from outside: subtraction must not overflow.
        let (span, overflow) = request.expiresAt.milliseconds.subtractingReportingOverflow(
            request.issuedAt.milliseconds)
        guard !overflow, span <= policy.longestValiditySeconds * 1000 else {
            throw Refusal(
                OfficersRefusal.validForTooLong, facts: ["seconds": String(policy.longestValiditySeconds)])
        }
    }

    /// The officers behind verified signatures, if all of them may order this now.
    func certificateStatus(
        of signatures: [OfficerSignature], for request: CanonicalRequest, at now: Instant,
        in transaction: any ReadTransaction
    ) throws(Refusal) -> [Officer] {
        let rule = policy.rule(for: request.act)
        var officers: [Officer] = []
        for (index, signature) in signatures.enumerated() {
            guard let officer = try OfficerStore.officer(certificate: signature.certificate, in: transaction) else {
                throw Refusal(OfficersRefusal.unknownCertificate, facts: ["signature": String(index + 1)])
            }
            guard !officers.contains(where: { $0.identifier == officer.identifier }) else {
                throw Refusal(OfficersRefusal.sameOfficerTwice)
            }
            let named = ["officer": officer.identifier.shown]
            guard officer.status == .active else { throw Refusal(OfficersRefusal.officerSuspended, facts: named) }
            let requests = index == 0
            guard !officer.roles.isDisjoint(with: requests ? rule.requesters : rule.approvers) else {
                let part = requests ? ["partZh": "申请", "partEn": "request"] : ["partZh": "审核", "partEn": "approve"]
                throw Refusal(
                    OfficersRefusal.wrongRole,
                    facts: named.merging(request.act.facts) { $1 }.merging(part) { $1 })
            }
            let certificateStatus: OfficerCertificateStatus
            do { certificateStatus = try check(officer.certificate, now, transaction) } catch {
                throw Refusal(OfficersRefusal.certificateStatusUnknown, detail: "\(error)", facts: named)
            }
            if case .notGood(let why) = certificateStatus {
                throw Refusal(OfficersRefusal.certificateNotGood, detail: why, facts: named)
            }
            officers.append(officer)
        }
        return officers
    }

    private func spend(
        _ request: CanonicalRequest, signatures: [OfficerSignature], in transaction: any Transaction
    ) throws(Refusal) {
        let now = surroundings.now()
        guard now < request.expiresAt else { throw Refusal(OfficersRefusal.expired) }
        let officers = try certificateStatus(of: signatures, for: request, at: now, in: transaction)
        guard
            try transaction.first(
                "SELECT 1 AS spent FROM officer_authorisation WHERE nonce = $1", request.nonce) == nil
        else { throw Refusal(OfficersRefusal.alreadyUsed) }
        try transaction.execute(
            "INSERT INTO officer_authorisation (nonce, act, subject, request, spent_at) VALUES ($1, $2, $3, $4, $5)",
            request.nonce, request.act.rawValue, request.subject, request.bytes, now)
        for (index, (signature, officer)) in zip(signatures, officers).enumerated() {
            try transaction.execute(
                """
                INSERT INTO officer_authorisation_signature (nonce, place, officer, certificate, signature)
                VALUES ($1, $2, $3, $4, $5)
                """, request.nonce, index + 1, officer.identifier, signature.certificate, signature.signature)
        }
        try record(
            .authorisationSpent, actor: officers.first.map { .officer($0.identifier.shown) } ?? .bootstrap,
            subject: request.subject, facts: Self.facts(of: request, officers), in: transaction)
    }

    func record(
        _ act: OfficersAct, actor: AuditActor, subject: String, facts: [String: CanonicalJSON] = [:],
        personal: [String: String] = [:], in transaction: any Transaction
    ) throws(Refusal) {
        _ = try audit.record(
            AuditEvent(act: act, actor: actor, subject: subject, facts: facts, personal: personal), in: transaction)
    }
}

extension OfficerAct {
    /// What refusals name an act by.
    var facts: [String: String] { ["actZh": label.zh, "actEn": label.en] }
}
