package import Audit
package import CertificateProfiles
package import CertificateRecords
package import Cryptography
package import Groundwork
package import KeyCustody
package import Storage

/// The one order in which a certificate comes to be: intent, body, lint, signature, verification, storage.
///
/// Between two steps the process may die at any point. Before `stored` the serial number is an open intent, which only
/// its owner can finish and which anybody closes after the lease; from `stored` on the certificate is issued.
package struct IssuanceEngine: Sendable {
    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let observer: IssuanceObserver
    /// Names this process's tries: no other may finish them.
    let owner: [UInt8]
    /// Issuance goes before what the public asks for.
    let queue: SigningQueue
    let numbers = SerialNumberSource()

    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings,
        observer: @escaping IssuanceObserver, owner: [UInt8], queue: SigningQueue = SigningQueue()
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.observer = observer
        self.owner = owner
        self.queue = queue
    }

    /// What is to be issued, apart from its serial number.
    package struct Draft: Sendable {
        let issuer: String
        let shards: Int
        let profile: String
        let purpose: CertificatePurpose
        let publicKey: PublicKey
        let location: KeyLocation
        let holder: String?
        /// As ``IntentStore/Intent/subject``.
        let subject: String?
        let reference: String?
        let actor: AuditActor
        let notAfter: Instant
        let leaseSeconds: Int
        /// `nil`: active at once.
        let activateBy: Instant?
        let policyVersion: Int64?
        let context: LintContext
        let signer: CertificateSigner
        let issuerKey: PublicKey
        let body: @Sendable (SerialNumber) throws(Refusal) -> CertificateBody
        /// Done in the transaction that stores the intent, such as using up an order.
        let alsoIntend: @Sendable (any Transaction) throws -> Void
        /// Stored in the same transaction as the certificate.
        let alsoStore: @Sendable (any Transaction, Certificate) throws -> Void

        package init(
            issuer: String, shards: Int, profile: String, purpose: CertificatePurpose, publicKey: PublicKey,
            location: KeyLocation, holder: String?, subject: String? = nil, reference: String?, actor: AuditActor,
            notAfter: Instant, leaseSeconds: Int, activateBy: Instant?, policyVersion: Int64?,
            context: LintContext, signer: CertificateSigner, issuerKey: PublicKey,
            body: @escaping @Sendable (SerialNumber) throws(Refusal) -> CertificateBody,
            alsoIntend: @escaping @Sendable (any Transaction) throws -> Void = { _ in },
            alsoStore: @escaping @Sendable (any Transaction, Certificate) throws -> Void = { _, _ in }
        ) {
            self.issuer = issuer
            self.shards = shards
            self.profile = profile
            self.purpose = purpose
            self.publicKey = publicKey
            self.location = location
            self.holder = holder
            self.subject = subject
            self.reference = reference
            self.actor = actor
            self.notAfter = notAfter
            self.leaseSeconds = leaseSeconds
            self.activateBy = activateBy
            self.policyVersion = policyVersion
            self.context = context
            self.signer = signer
            self.issuerKey = issuerKey
            self.body = body
            self.alsoIntend = alsoIntend
            self.alsoStore = alsoStore
        }
    }

    package func run(_ draft: Draft) async throws -> CertificateRecord {
        let serial = numbers.draw(for: draft.purpose, among: draft.shards, in: surroundings)
        try await observer(.requested, serial)
        if let earlier = try await intend(draft, serial) { return earlier }
        do {
            return try await queue.urgently { try await carryOut(draft, serial) }
        } catch let stopped as IssuanceStopped {
            throw stopped.reason
        } catch {
            // The lease is ours: the serial number is closed now, not when the lease ends. Where even that fails,
            // recovery does it later; the caller hears the first cause.
            _ = try? await database.write { [self] transaction in
                try IntentStore.close(
                    serial, because: (error as? Refusal)?.code ?? "failed", at: surroundings.now(), audit: audit,
                    actor: draft.actor, in: transaction)
            }
            throw error
        }
    }

    /// Stores the intent, or finds that this reference has its certificate already.
    private func intend(_ draft: Draft, _ serial: SerialNumber) async throws -> CertificateRecord? {
        let intent = intent(draft, serial, at: surroundings.now())
        let earlier = try await database.write { [self] transaction -> CertificateRecord? in
            try refuseOtherPolicies(draft, in: transaction)
            try IssuerStatus.require(draft.issuer, in: transaction)
            return try note(intent, draft, at: surroundings.now(), in: transaction)
        }
        if earlier == nil { try await observer(.intended, serial) }
        return earlier
    }

    func intent(_ draft: Draft, _ serial: SerialNumber, at now: Instant) -> IntentStore.Intent {
        let keyHash = DigestAlgorithm.sha256.hash(draft.publicKey.spki)
        return IntentStore.Intent(
            serial: serial, issuer: draft.issuer, profile: draft.profile, purpose: draft.purpose, keyHash: keyHash,
            medium: draft.location.medium, holder: draft.holder,
            reference: draft.reference.map { "\($0)#\(Hex.encode(keyHash.prefix(16)))" }, owner: owner,
            leaseUntil: now.adding(seconds: Int64(draft.leaseSeconds)),
            shard: Shard.number(of: serial, among: draft.shards), notAfter: draft.notAfter,
            subject: draft.subject)
    }

    func refuseOtherPolicies(_ draft: Draft, in transaction: any ReadTransaction) throws(Refusal) {
        if let version = draft.policyVersion, try PolicyStore.version(in: transaction) != version {
            throw Refusal(CertificateRecordsRefusal.statusBusy, detail: "the policies changed meanwhile")
        }
    }

    /// Inside a transaction: the certificate that this reference has already, or `nil` and the intent is stored.
    func note(
        _ intent: IntentStore.Intent, _ draft: Draft, at now: Instant, in transaction: any Transaction
    ) throws -> CertificateRecord? {
        switch try IntentStore.earlier(reference: intent.reference, in: transaction) {
        case .issued(let serial): return try CertificateStore.required(serial, in: transaction)
        case .unfinished(let serial):
            // The same step of the same plan, made again: what it began belongs to it, lease or no lease.
            _ = try IntentStore.close(
                serial, because: "made again", at: now, audit: audit, actor: draft.actor, in: transaction)
        case .none: break
        }
        try draft.alsoIntend(transaction)
        try IntentStore.open(intent, at: now, by: draft.actor, audit: audit, in: transaction)
        return nil
    }

    private func carryOut(_ draft: Draft, _ serial: SerialNumber) async throws -> CertificateRecord {
        let certificate = try await certify(draft, serial)
        let record = try await database.write { [self] transaction in
            // It may have been revoked while this was signed: then nobody gets to see it.
            try IssuerStatus.require(draft.issuer, in: transaction)
            return try put(certificate, draft, serial, at: surroundings.now(), in: transaction)
        }
        Counted.certificates.add(draft.profile)
        try await announce(.stored, serial)
        return record
    }

    /// Body, lint, signature, verification: everything between the two transactions.
    func certify(_ draft: Draft, _ serial: SerialNumber) async throws -> Certificate {
        let body = try draft.body(serial)
        try await announce(.built, serial)
        let permit = try Linter.permit(body, in: draft.context)
        try await announce(.linted, serial)
        let certificate = try await draft.signer.sign(permit)
        try await announce(.signed, serial)
        guard certificate.isSigned(by: draft.issuerKey) else {
            throw Refusal(KeyCustodyRefusal.signatureUnverified, detail: draft.issuer)
        }
        try await announce(.verified, serial)
        return certificate
    }

    /// Inside a transaction: the certificate, its status and the end of its intent.
    func put(
        _ certificate: Certificate, _ draft: Draft, _ serial: SerialNumber, at now: Instant,
        in transaction: any Transaction
    ) throws -> CertificateRecord {
        guard try IntentStore.finish(serial, owner: owner, in: transaction) else {
            throw Refusal(CertificateRecordsRefusal.intentLost, detail: serial.hex)
        }
        let state: CertificateState = draft.activateBy == nil ? .active : .issued
        var entry = CertificateRegister.Entry(
            certificate: certificate, issuer: draft.issuer, profile: draft.profile, purpose: draft.purpose,
            family: draft.publicKey.family, state: state, shard: Shard.number(of: serial, among: draft.shards),
            origin: draft.location.origin)
        entry.creditCode = draft.holder
        entry.medium = draft.location.medium
        entry.slot = draft.location.slot
        entry.model = draft.location.model
        entry.batch = draft.location.batch
        entry.servicePoint = draft.location.servicePoint
        entry.activateBy = draft.activateBy
        try CertificateRegister.insert(
            entry, at: now, by: draft.actor,
            facts: [
                "origin": .string(draft.location.origin),
                "place": draft.location.slot.map { .integer(Int64($0)) } ?? .null,
            ], audit: audit, in: transaction)
        try draft.alsoStore(transaction, certificate)
        return try CertificateStore.required(serial, in: transaction)
    }

    func announce(_ step: IssuanceStep, _ serial: SerialNumber) async throws {
        do { try await observer(step, serial) } catch { throw IssuanceStopped(reason: error) }
    }
}
