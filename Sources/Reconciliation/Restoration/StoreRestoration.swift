package import Audit
internal import CertificateProfiles
internal import CertificateRecords
internal import CertificateStatus
package import Cryptography
package import Groundwork
internal import KeyCustody
package import Officers
package import Storage

/// Brings a store that was set back up to what is proved outside it: the signers' journals, published lists, the
/// checkpoint that is kept beside it.
///
/// Nothing is believed that is not signed by this authority's own keys or written by its own signers, and nothing is
/// taken back: a certificate that the store thinks good can become revoked or held by this, never the reverse.
package struct StoreRestoration: Sendable {
    /// A generation with the journal that lies on this machine.
    package struct Generation: Sendable {
        package let name: String
        package let certificate: Certificate
        package let shards: Int
        /// `nil` where this machine has none.
        package let journal: String?
        /// Whether new lists of it can be signed here.
        package let hasSigner: Bool

        package init(name: String, certificate: Certificate, shards: Int, journal: String?, hasSigner: Bool) {
            self.name = name
            self.certificate = certificate
            self.shards = shards
            self.journal = journal
            self.hasSigner = hasSigner
        }
    }

    let database: Database
    let audit: AuditLog
    let surroundings: Surroundings
    let generations: [Generation]
    let held: Checkpoint?

    /// - Parameter held: the checkpoint that is kept beside the store.
    package init(
        database: Database, audit: AuditLog, surroundings: Surroundings, generations: [Generation], held: Checkpoint?
    ) {
        self.database = database
        self.audit = audit
        self.surroundings = surroundings
        self.generations = generations
        self.held = held
    }

    /// Under which setting the kept checkpoint is noted that a restoration has gone back behind.
    package static let supersededHead = "superseded-audit-head"

    /// Whether a restoration has gone back behind this checkpoint: it is no evidence any more.
    package static func isSuperseded(
        _ checkpoint: Checkpoint, in transaction: any ReadTransaction
    ) throws(Refusal) -> Bool {
        try AuthoritySetting.value(supersededHead, in: transaction) == Hex.encode(checkpoint.hash)
    }

    /// - Parameter lists: published lists in DER, complete or delta, of any age.
    /// - Throws: `certificate-authority.restore-foreign-list`, and what a journal refuses.
    package func plan(lists: [[UInt8]]) async throws -> RestorationPlan {
        let read = try lists.map(published)
        // Journals first, the store afterwards.
        var records: [(generation: Generation, record: SigningRecord)] = []
        var unnumbered: [String: Int] = [:]
        for generation in generations {
            guard let path = generation.journal else { continue }
            let journal = try JournalPages(path: path, key: generation.certificate.publicKey)
            while let page = try journal.next() {
                unnumbered[generation.name, default: 0] += page.count { $0.kind == .list && $0.list == nil }
                let unknown = try await database.read { transaction in
                    try page.filter { record throws(Refusal) in try StoreEvidence.isUnknown(record, in: transaction) }
                }
                records += unknown.map { (generation, $0) }
            }
        }
        let (found, older) = (records, unnumbered)
        return try await database.read { [held, generations] transaction in
            var plan = RestorationPlan(stored: try AuditHead(in: transaction))
            if let held, let contradiction = try held.contradiction(in: transaction),
                try !StoreRestoration.isSuperseded(held, in: transaction)
            {
                (plan.held, plan.contradiction) = (held, contradiction)
            }
            for (generation, record) in found { plan.add(record, of: generation.name) }
            for (list, generation) in read { try plan.add(list, of: generation.name, in: transaction) }
            try plan.number(
                generations, lists: read.map { ($0.list, $0.generation.name) }, unnumbered: older, in: transaction)
            return plan
        }
    }

    private func published(_ der: [UInt8]) throws(Refusal) -> (list: CertificateList, generation: Generation) {
        for kind in [CertificateList.Kind.complete, .delta] {
            guard let list = try? CertificateList(der: der, kind: kind) else { continue }
            if let generation = generations.first(where: {
                $0.certificate.subject == list.issuer && list.isSigned(by: $0.certificate.publicKey)
            }) {
                return (list, generation)
            }
        }
        throw Refusal(ReconciliationRefusal.restoreForeignList)
    }

    /// What officers sign.
    package func request(toRestore plan: RestorationPlan, justification: String) -> CanonicalRequest {
        CanonicalRequest(
            .restoreStore, subject: plan.digest, parameters: plan.parameters, reason: justification, in: surroundings)
    }

    /// Does what the plan says, in one transaction, and records it with both heads of the audit.
    ///
    /// The order is used up last: an officer whose own certificate turns out to be revoked has ordered nothing.
    /// - Throws: `officers.wrong-subject` for another plan's order, and what ``Authorisation/spend(in:)`` refuses.
    package func carryOut(_ plan: RestorationPlan, by authorisation: Authorisation) async throws {
        try authorisation.require(.restoreStore, subject: plan.digest, parameters: plan.parameters)
        let now = surroundings.now()
        let actor = authorisation.actor
        try await database.write { [self] transaction in
            for certificate in plan.certificates {
                try close(certificate, at: now, of: actor, in: transaction)
            }
            for revocation in plan.revocations { try enter(revocation, at: now, of: actor, in: transaction) }
            for list in plan.lists {
                try ListIntentStore.insert(
                    digest: list.digest, issuer: list.issuer, scope: CRLScope.full.stored, number: list.number ?? 0,
                    at: list.signedAt, in: transaction)
            }
            for (issuer, number) in plan.numbers.sorted(by: { $0.key < $1.key }) {
                guard let generation = generations.first(where: { $0.name == issuer }) else { continue }
                let change = try StatusChange.next(in: transaction)
                for scope in CRLScope.all(shards: generation.shards) {
                    try CRLScopeStore.raise(
                        above: number, issuer: issuer, scope: scope.stored, change: change, in: transaction)
                }
                if generation.hasSigner { try StatusService.forgetLists(of: issuer, in: transaction) }
            }
            if let held = plan.held {
                try AuthoritySetting.set(StoreRestoration.supersededHead, Hex.encode(held.hash), in: transaction)
            }
            try audit.record(event(plan, of: actor), in: transaction)
            try authorisation.spend(in: transaction)
        }
    }

    private func event(_ plan: RestorationPlan, of actor: AuditActor) -> AuditEvent {
        var facts = plan.parameters
        facts["plan"] = .string(plan.digest)
        facts["storedSize"] = .integer(Int64(plan.stored.size))
        facts["storedRoot"] = .string(Hex.encode(plan.stored.root))
        facts["heldSize"] = plan.held.map { .integer(Int64($0.size)) } ?? .null
        facts["heldRoot"] = plan.held.map { .string(Hex.encode($0.root)) } ?? .null
        facts["heldCheckpoint"] = plan.held.map { .string(Hex.encode($0.hash)) } ?? .null
        return AuditEvent(act: ReconciliationAct.restored, actor: actor, subject: "store", facts: facts)
    }

    /// As an intent that nobody finished: whatever was signed with its number is revoked. When it ends is not known, so
    /// it stays on the lists as long as its issuer lives.
    private func close(
        _ certificate: RestorationPlan.Certificate, at now: Instant, of actor: AuditActor,
        in transaction: any Transaction
    ) throws(Refusal) {
        guard let generation = generations.first(where: { $0.name == certificate.issuer }),
            try !IntentStore.isKnown(certificate.serial, in: transaction)
        else { return }
        try IntentStore.insert(
            IntentStore.Intent(
                serial: certificate.serial, issuer: certificate.issuer, profile: "unknown", purpose: .authentication,
                keyHash: certificate.digest, medium: nil, holder: nil, reference: nil,
                owner: surroundings.randomBytes(16), leaseUntil: now,
                shard: Shard.number(of: certificate.serial, among: generation.shards),
                notAfter: generation.certificate.notAfter), at: certificate.signedAt, in: transaction)
        _ = try IntentStore.close(
            certificate.serial, because: "signed, and not in the restored store", at: now, audit: audit, actor: actor,
            in: transaction)
    }

    /// With the list's own date and reason.
    private func enter(
        _ revocation: RestorationPlan.Revocation, at now: Instant, of actor: AuditActor,
        in transaction: any Transaction
    ) throws(Refusal) {
        let entry = revocation.entry
        guard var record = try CertificateStore.certificate(entry.serialNumber, in: transaction) else {
            return try close(
                RestorationPlan.Certificate(
                    serial: entry.serialNumber, issuer: revocation.issuer,
                    digest: DigestAlgorithm.sha256.hash(entry.serialNumber.bytes), signedAt: entry.revokedAt), at: now,
                of: actor, in: transaction)
        }
        let isHold = entry.reason == .certificateHold
        guard record.storedState != .revoked, !isHold || record.storedState != .suspended else { return }
        let facts: [String: CanonicalJSON] = [
            "reason": .string(entry.reason.name), "cause": "a published list names it, and the restored store did not",
        ]
        if isHold, record.storedState == .issued {
            // It was activated meanwhile, or it could not have been held.
            record = try CertificateRegister.change(
                record, to: .active, activatedAt: now, by: .activated, of: actor, facts: facts, at: now, audit: audit,
                in: transaction)
        }
        try RevocationStore.insert(
            serial: entry.serialNumber, issuer: record.issuer, shard: record.shard,
            fact: RevocationFact(
                reason: entry.reason, revokedAt: entry.revokedAt, invalidSince: entry.invalidSince),
            notAfter: record.notAfter, in: transaction)
        _ = try CertificateRegister.change(
            record, to: isHold ? .suspended : .revoked, by: isHold ? .suspended : .revoked, of: actor, facts: facts,
            at: now, audit: audit, in: transaction)
    }
}
