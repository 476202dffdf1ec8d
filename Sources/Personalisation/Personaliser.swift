package import AgentProtocol
internal import Audit
internal import Cryptography
package import Groundwork
package import SecurityKeys
package import Storage

/// Carries plans out against a medium, the authority and the escrow.
///
/// The plan decides; this does what it says, writes its journal before each action, and feeds back what happened.
/// Wherever it stops, ``recover(on:)`` at the next insertion finishes or rolls back.
package struct Personaliser: Sendable {
    let database: Database
    let escrow: Escrow
    let authority: any CertifyingAuthority
    let models: CardModels
    let roots: AttestationRoots
    let surroundings: Surroundings
    let audit: AuditLog
    /// Tells the holder, before it happens, that the old key of a purpose ends now; may throw to stop there.
    let announce: @Sendable (KeyPurpose, MediumNumber) async throws -> Void
    let observer: PlanObserver

    package init(
        database: Database, escrow: Escrow, authority: any CertifyingAuthority, models: CardModels,
        roots: AttestationRoots, surroundings: Surroundings,
        announce: @escaping @Sendable (KeyPurpose, MediumNumber) async throws -> Void = { _, _ in },
        observer: @escaping PlanObserver = { _ in }
    ) {
        self.database = database
        self.escrow = escrow
        self.authority = authority
        self.models = models
        self.roots = roots
        self.surroundings = surroundings
        self.audit = AuditLog(surroundings: surroundings)
        self.announce = announce
        self.observer = observer
    }

    /// Runs a plan that was begun, from its start, until it ends.
    /// - Throws: a `Refusal`; the plan stays open and ``recover(on:)`` goes on with it.
    @discardableResult
    package func run(_ plan: KeyPlan, on medium: any KeyMedium) async throws -> KeyPlan {
        try await run(plan, on: medium, from: .begin)
    }

    /// Finishes what was interrupted on the inserted key, if anything was.
    ///
    /// A stranger's card gets SELECT and reads.
    /// - Parameter expected: the name that a stock-in was about to give, in case the card has none yet.
    /// - Returns: the plan, ended; `nil` where none was open.
    @discardableResult
    package func recover(on medium: any KeyMedium, expected: MediumNumber? = nil) async throws -> KeyPlan? {
        let facts = try await identify(medium)
        guard let name = facts.medium ?? (facts.isBlank ? expected : nil) else { return nil }
        guard let plan = try await openPlan(on: name) else { return nil }
        return try await run(plan, on: medium, from: .resume)
    }

    /// The plan that is open on a key.
    package func openPlan(on medium: MediumNumber) async throws -> KeyPlan? {
        try await database.read { try PlanJournal.open(on: medium, in: $0) }
    }

    /// What a card says of itself; SELECT and reads only.
    package func identify(_ medium: any KeyMedium) async throws -> MediumFacts {
        let lender = NoSecrets()
        do throws(MediumFailure) {
            guard case .identified(let facts) = try await medium.perform(.identify, lender: lender) else {
                throw .malformed("an identification")
            }
            return facts
        } catch { throw error.refusal }
    }

    /// Gives a plan up while nothing is lost by it: its certificates are revoked. Needs no card.
    @discardableResult
    package func abandon(_ medium: MediumNumber) async throws -> KeyPlan {
        guard let plan = try await openPlan(on: medium) else { throw Refusal(SecurityKeysRefusal.noOpenPlan) }
        return try await run(plan, on: NoMedium(), from: .abandon)
    }

    /// Revokes certificates that waited for their activation since before `moment`.
    /// - Returns: how many.
    @discardableResult
    package func revokeUnactivated(since moment: Instant) async throws -> Int {
        let waiting = try await database.read { try KeyCertificateStore.waiting(since: moment, in: $0) }
        for one in waiting {
            let certificate = try Certificate(der: one.certificate)
            try await authority.revoke([certificate], because: .neverActivated)
            try await database.write { try KeyCertificateStore.setState(.ended, of: one.certificate, in: $0) }
        }
        return waiting.count
    }

    func run(_ begun: KeyPlan, on medium: any KeyMedium, from first: PlanEvent) async throws -> KeyPlan {
        var plan = begun
        var event = first
        let lender = EscrowLender(escrow: escrow, database: database, medium: plan.medium, model: plan.model)
        while true {
            let action = plan.next(event)
            let step = plan.stepName
            try await journal(plan)
            try await observer("\(plan.kind.rawValue)/\(step)/journalled")
            switch action {
            case .end: return plan
            case .stop(let reason):
                _ = try? await medium.perform(.finish, lender: lender)
                throw Refusal(reason, detail: "\(plan.id), step \(step)")
            default: break
            }
            event = try await carryOut(action, of: plan, on: medium, lender: lender)
            try await observer("\(plan.kind.rawValue)/\(step)/done")
        }
    }

    /// Stores the plan; with its end, what the end means for the key, and the audit of it.
    private func journal(_ plan: KeyPlan) async throws {
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            try PlanJournal.write(plan, at: now, in: transaction)
            guard let outcome = plan.outcome else { return }
            try Self.conclude(plan, outcome, at: now, in: transaction)
            let act: PersonalisationAct = outcome == .finished ? .finished : .rolledBack
            try audit.record(
                AuditEvent(
                    act: act, actor: .system, subject: plan.medium.hex,
                    facts: ["plan": .string(plan.id.shown), "kind": .string(plan.kind.rawValue)]), in: transaction)
        }
    }

    private static func conclude(
        _ plan: KeyPlan, _ outcome: KeyPlan.Outcome, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        let status = try SecurityKeyStore.required(plan.medium, in: transaction).status
        let transition: KeyTransition? =
            switch (plan.kind, outcome, status) {
            case (.stockIn, .finished, .blank): .stockIn
            case (.enrol, .finished, .personalising), (.reissue, .finished, .personalising): .activate
            case (.enrol, .rolledBack, .personalising), (.reissue, .rolledBack, .personalising): .rollBack
            case (.unlock, .finished, .pinLocked): .unlock
            default: nil
            }
        if let transition { try SecurityKeyStore.apply(transition, to: plan.medium, at: now, in: transaction) }
        if transition == .rollBack { try SecurityKeyStore.setHolder(nil, of: plan.medium, in: transaction) }
    }
}

/// What this room writes into the audit.
package enum PersonalisationAct: String, AuditAct {
    case begun = "key.plan.begun"
    case finished = "key.plan.finished"
    case rolledBack = "key.plan.rolled-back"
    case secretReleased = "key.secret.released"
    case secretConfirmed = "key.secret.confirmed"
    case certified = "key.certificate.recorded"
    case lastTriesAllowed = "key.plan.last-tries-allowed"
    case stateChanged = "key.status.changed"
}

/// Lends to one plan, for one command, what the escrow holds for its medium.
struct EscrowLender: SecretLender {
    let escrow: Escrow
    let database: Database
    let medium: MediumNumber
    let model: CardModel

    func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
        if reference.generation == 0 { return try factorySecret(reference.kind) }
        let envelope: Escrow.Envelope
        do {
            envelope = try await database.read { try escrow.envelope(reference, medium: medium, in: $0) }
        } catch let refusal as Refusal { throw refusal } catch {
            throw Refusal(SecurityKeysRefusal.secretMissing, detail: "\(error)")
        }
        return try await escrow.open(envelope, medium: medium, model: model)
    }

    /// What the maker published, and so no secret.
    private func factorySecret(_ kind: SecretKind) throws(Refusal) -> SecretBytes {
        switch kind {
        case .management:
            guard let bytes = Hex.decode(model.factory.management) else {
                throw Refusal(SecurityKeysRefusal.badCardModel, facts: ["model": model.name, "what": "factory"])
            }
            return SecretBytes(copying: bytes)
        case .unlock: return SecretBytes(copying: Array(model.factory.unlock.utf8))
        }
    }
}

/// For commands that need none.
struct NoSecrets: SecretLender {
    func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
        throw Refusal(SecurityKeysRefusal.secretMissing, detail: "\(reference)")
    }
}

/// Stands where no card is inserted.
struct NoMedium: KeyMedium {
    func perform(_ action: MediumAction, lender: any SecretLender) async throws(MediumFailure) -> MediumEvent {
        throw .removed
    }
}
