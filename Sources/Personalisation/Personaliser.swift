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
    let vault: CardSecretVault
    let authority: any CertifyingAuthority
    let registry: any HolderRegistry
    let models: CardModels
    let roots: AttestationRoots
    let surroundings: Surroundings
    let audit: AuditLog
    /// Tells the holder, before it happens, that the old key of a purpose ends now; may throw to stop there.
    let announce: @Sendable (KeyPurpose, MediumNumber) async throws -> Void
    let observer: PlanObserver

    package init(
        database: Database, vault: CardSecretVault, authority: any CertifyingAuthority, registry: any HolderRegistry,
        models: CardModels, roots: AttestationRoots, surroundings: Surroundings,
        announce: @escaping @Sendable (KeyPurpose, MediumNumber) async throws -> Void = { _, _ in },
        observer: @escaping PlanObserver = { _ in }
    ) {
        self.database = database
        self.vault = vault
        self.authority = authority
        self.registry = registry
        self.models = models
        self.roots = roots
        self.surroundings = surroundings
        self.audit = AuditLog(surroundings: surroundings)
        self.announce = announce
        self.observer = observer
    }

    /// Runs a plan that was begun until it ends.
    /// - Throws: a `Refusal`; the plan stays open and ``recover(on:)`` goes on with it.
    @discardableResult
    package func run(_ plan: KeyPlan, on medium: any KeyMedium) async throws -> KeyPlan {
        try await run(plan, on: medium, from: plan.position == 0 ? .begin : .resume)
    }

    /// Finishes what was interrupted on the inserted key, if anything was.
    ///
    /// A third party's card gets SELECT and reads. On a blank key, a stock-in that was cut before the name was written
    /// goes on: the oldest one for a card of this model and serial number.
    /// - Returns: the plan, ended; `nil` where none was open.
    /// - Throws: `security-keys.wrong-status` for a key that was reported lost.
    @discardableResult
    package func recover(on medium: any KeyMedium) async throws -> KeyPlan? {
        let facts = try await identify(medium)
        let plan: KeyPlan?
        if let name = facts.medium {
            plan = try await openPlan(on: name)
            let status = try await database.read { try SecurityKeyStore.key(name, in: $0)?.status }
            if plan != nil, status == .lost { throw Self.wrongStatus(.lost, .activate) }
        } else {
            plan = facts.isBlank ? try await interruptedStockIn(of: facts) : nil
        }
        guard let plan else { return nil }
        return try await run(plan, on: medium, from: .resume)
    }

    /// The stock-in that was begun on this blank card, before it got its name.
    private func interruptedStockIn(of facts: MediumFacts) async throws -> KeyPlan? {
        try await database.read { transaction in
            for key in try SecurityKeyStore.blanks(in: transaction) where key.serial == facts.serial {
                guard let plan = try PlanJournal.open(on: key.medium, in: transaction), plan.position == 0,
                    plan.model.recognises(facts)
                else { continue }
                return plan
            }
            return nil
        }
    }

    /// Every open plan, the oldest first.
    package func openPlans() async throws -> [PlanJournal.OpenPlan] {
        try await database.read { try PlanJournal.openPlans(in: $0) }
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

    /// The medium as this plan may use it: what the plan does not say never reaches the card. The permission is signed
    /// and verified as an agent would find it.
    private func guarded(_ medium: any KeyMedium, by plan: KeyPlan) async throws -> any KeyMedium {
        // Where no card is, none is guarded, and no key is needed to give a plan up.
        if medium is NoMedium { return medium }
        let signer = try authority.planSigner()
        let now = surroundings.now()
        let permission = plan.permission(
            serviceKey: Hex.encode(signer.publicKey.keyIdentifier), origin: "", at: now)
        let signed = try await SignedPlan.sign(permission, with: signer)
        return try GuardedMedium(medium, plan: signed, trusting: signer.publicKey, origin: "", at: now)
    }

    func run(_ begun: KeyPlan, on medium: any KeyMedium, from first: PlanEvent) async throws -> KeyPlan {
        var plan = begun
        var event = first
        let order = try await database.read { try OrderInForce.read(begun, in: $0) }
        let lender = VaultLender(vault: vault, database: database, medium: plan.medium, model: plan.model)
        let medium = try await guarded(medium, by: begun)
        while true {
            let action = plan.next(event)
            let step = plan.stepName
            try await journal(plan, order)
            try await observer("\(plan.kind.rawValue)/\(step)/journalled")
            switch action {
            case .end: return plan
            case .stop(let reason):
                _ = try? await medium.perform(.finish, lender: lender)
                // What no second try can mend, before anything was changed, leaves nothing open.
                if reason == .familyUnsupported, plan.canRollBack {
                    plan.giveUp()
                    try await journal(plan, order)
                }
                throw Refusal(
                    reason, detail: "\(plan.id), step \(step)", facts: ["family": plan.family.rawValue])
            default: break
            }
            event = try await carryOut(action, of: plan, under: order, on: medium, lender: lender)
            try await observer("\(plan.kind.rawValue)/\(step)/done")
        }
    }

    /// Stores the plan; with its end, what the end means for the key, and the audit of it.
    private func journal(_ plan: KeyPlan, _ order: OrderInForce) async throws {
        let now = surroundings.now()
        try await database.write { transaction in
            try PlanJournal.write(plan, at: now, in: transaction)
            if plan.outcome != nil { try conclude(plan, order.actor, at: now, in: transaction) }
        }
        if let outcome = plan.outcome {
            Counted.plans.add(plan.kind.rawValue, outcome == .finished ? "finished" : "rolled-back")
        }
    }

    /// What a plan's end means for its key.
    func conclude(
        _ plan: KeyPlan, _ actor: AuditActor, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        guard let outcome = plan.outcome else { return }
        let status = try SecurityKeyStore.required(plan.medium, in: transaction).status
        let transition: KeyTransition? =
            switch (plan.kind, outcome, status) {
            case (.stockIn, .finished, .blank): .stockIn
            case (.stockIn, .rolledBack, .blank), (.stockIn, .abandoned, .blank): .retire
            case (.enrol, .finished, .personalising), (.reissue, .finished, .personalising): .activate
            case (.enrol, .rolledBack, .personalising), (.reissue, .rolledBack, .personalising): .rollBack
            case (.unlock, .finished, .pinLocked): .unlock
            case (.enrol, .abandoned, let status), (.reissue, .abandoned, let status),
                (.renewStaged, .abandoned, let status), (.renewInPlace, .abandoned, let status):
                KeyTransition.giveUp.table.from.contains(status) ? .giveUp : nil
            default: nil
            }
        if let transition { try SecurityKeyStore.apply(transition, to: plan.medium, at: now, in: transaction) }
        if transition == .rollBack || transition == .giveUp {
            try SecurityKeyStore.setHolder(nil, of: plan.medium, in: transaction)
        }
        let act: PersonalisationAct =
            switch outcome {
            case .finished: .finished
            case .rolledBack: .rolledBack
            case .abandoned: .abandoned
            }
        try note(act, plan, actor, in: transaction)
    }
}

/// What this room writes into the audit.
package enum PersonalisationAct: String, AuditAct {
    case begun = "key.plan.begun"
    case finished = "key.plan.finished"
    case rolledBack = "key.plan.rolled-back"
    case abandoned = "key.plan.abandoned"
    case unlockOrdered = "key.plan.unlock-ordered"
    case orderedAnew = "key.plan.ordered-anew"
    case renamed = "key.plan.holder-renamed"
    case secretReleased = "key.secret.released"
    case secretConfirmed = "key.secret.confirmed"
    case certified = "key.certificate.recorded"
    case lastTriesAllowed = "key.plan.last-tries-allowed"
    case stateChanged = "key.status.changed"
}

/// Lends to one plan, for one command, what the escrow holds for its medium.
struct VaultLender: SecretLender {
    let vault: CardSecretVault
    let database: Database
    let medium: MediumNumber
    let model: CardModel

    func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
        if reference.generation == 0 { return try factorySecret(reference.kind) }
        let envelope: CardSecretVault.Envelope
        do {
            envelope = try await database.read { try vault.envelope(reference, medium: medium, in: $0) }
        } catch let refusal as Refusal { throw refusal } catch {
            throw Refusal(SecurityKeysRefusal.secretMissing, detail: "\(error)")
        }
        return try await vault.open(envelope, medium: medium, model: model)
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
