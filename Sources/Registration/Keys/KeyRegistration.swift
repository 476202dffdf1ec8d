package import AgentProtocol
internal import Audit
package import CertificateRecords
package import CreditCodes
package import Cryptography
internal import Groundwork
package import Issuance
package import LegalEntities
package import Officers
package import Personalisation
package import Revocation
package import SecurityKeys
package import Storage

/// A security key's life where it is inserted: each act with its order, its plan and its outcome.
package struct KeyRegistration: Sendable {
    /// What a plan's certificates come from and go to.
    package struct Authority: Sendable {
        /// Issues the certificates.
        package var issuance: IssuanceService
        /// Activates and revokes them.
        package var revocation: RevocationService
        /// Finds them again.
        package var certificates: CertificateStore
        /// The service's key that signs plans.
        package var planSigner: @Sendable () throws -> any Signer

        /// - Parameter planSigner: the service's key that signs plans.
        package init(
            issuance: IssuanceService, revocation: RevocationService, certificates: CertificateStore,
            planSigner: @escaping @Sendable () throws -> any Signer
        ) {
            self.planSigner = planSigner
            self.issuance = issuance
            self.revocation = revocation
            self.certificates = certificates
        }
    }

    let ordering: Ordering
    let database: Database
    let registry: RegistryStore
    let authority: Authority
    let vault: CardSecretVault
    let models: @Sendable () -> CardModels
    let roots: AttestationRoots
    private var surroundings: Surroundings { ordering.surroundings }

    /// - Parameter models: the card models of the policy in force.
    package init(
        ordering: Ordering, database: Database, registry: RegistryStore, authority: Authority, vault: CardSecretVault,
        models: @autoclosure @escaping @Sendable () -> CardModels, roots: AttestationRoots
    ) {
        self.ordering = ordering
        self.database = database
        self.registry = registry
        self.authority = authority
        self.vault = vault
        self.models = models
        self.roots = roots
    }

    /// The personaliser with its observer: the shipped one logs steps where asked to.
    package func personaliser(
        announce: @escaping @Sendable (KeyPurpose, MediumNumber) async throws -> Void = { _, _ in },
        observer: @escaping PlanObserver = { _ in }, officersOrder: Authorisation? = nil
    ) -> Personaliser {
        let service = RegistrationAuthorityClient(
            issuance: authority.issuance, revocation: authority.revocation, certificates: authority.certificates,
            surroundings: surroundings, planSigner: authority.planSigner,
            officersOrder: officersOrder, succession: succession)
        return Personaliser(
            database: database, vault: vault, authority: service, registry: RegistryHolders(registry),
            models: models(), roots: roots, surroundings: surroundings, announce: announce, observer: observer)
    }

    /// An officer's renewed certificate counts, and the one of before is revoked, in one transaction.
    private var succession: RegistrationAuthorityClient.Succession {
        let (database, officers, revocation) = (database, ordering.officers, authority.revocation)
        return { old, new, order in
            try await database.write { transaction in
                try officers.renewCertificate(from: old, to: new, under: order, in: transaction)
                try revocation.revoke(old.serialNumber, reason: .superseded, on: .within(order), in: transaction)
            }
        }
    }

    func personaliser(at terminal: Terminal) -> Personaliser {
        personaliser(announce: terminal.announce, observer: terminal.observer)
    }
}

/// Acts that need the key in a terminal. Each is looked at in full before anybody is asked to sign; then it is ordered,
/// begun and run.
extension KeyRegistration {
    /// 入库: a blank key gets its medium number, its own secrets, and a PIN that nobody knows. A stock-in of such a
    /// key that was cut before it had its name goes on.
    package func stockIn(
        _ stock: KeyStock = .unstated, at terminal: Terminal, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        let stated = try await identify(at: terminal).medium
        if let stated, try await key(stated)?.key.status == .blank, let plan = try await recover(at: terminal) {
            return plan.medium
        }
        if let stated, try await key(stated) != nil {
            throw Refusal(RegistrationRefusal.alreadyStocked, facts: ["medium": stated.hex])
        }
        if let plan = try await recover(at: terminal) { return plan.medium }
        let name = MediumNumber.random(in: surroundings)
        let (intent, facts) = (KeyIntent.stockIn(name, stock), try await identify(at: terminal))
        let order = try await personaliser(at: terminal).order(for: intent, facts)
        let authorisation = try await ordering.order(order.request(reason: "stock-in", in: surroundings), by: keys)
        return try await stockIn(name, stock, at: terminal, on: .authorised(authorisation))
    }

    /// The same on another basis, such as the bootstrap's.
    package func stockIn(
        _ name: MediumNumber, _ stock: KeyStock = .unstated, at terminal: Terminal, on basis: PlanBasis
    ) async throws -> MediumNumber {
        try await run(.stockIn(name, stock), identify(at: terminal), at: terminal, on: basis).medium
    }

    /// 申领: keys and certificates of an entity on a stocked key.
    package func enrol(
        _ entity: UnifiedSocialCreditCode, family: AlgorithmFamily, at terminal: Terminal, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        let recovered = try await recover(at: terminal)
        if let recovered, recovered.finished(.enrol, for: entity) { return recovered.medium }
        return try await carryOut(because: "enrol \(entity.text)", at: terminal, by: keys) {
            .enrol($0, for: entity, family)
        }.medium
    }

    /// 更新 and 变更: new keys and certificates with what the registry says now, for the entity that holds the key.
    package func renew(
        _ entity: UnifiedSocialCreditCode, at terminal: Terminal, because reason: KeyIntent.RenewalReason = .renewal,
        staged: Bool = true, by keys: OrderingKeys
    ) async throws -> KeyPlan {
        let recovered = try await recover(at: terminal)
        if let recovered,
            recovered.finished(.renewStaged, for: entity) || recovered.finished(.renewInPlace, for: entity)
        {
            return recovered
        }
        let justification = reason == .change ? "change \(entity.text)" : "renew \(entity.text)"
        return try await carryOut(
            because: justification, at: terminal, by: keys, renewing: reason == .renewal
        ) { .renew($0, for: entity, because: reason, staged: staged) }
    }

    /// - Throws: `command.renewal-not-open` while the policy does not let the key's certificates be renewed yet.
    private func requireRenewalOpen(on medium: MediumNumber) async throws {
        let now = surroundings.now()
        for record in try await authority.certificates.certificates(medium: medium.bytes)
        where record.state(at: now) == .active {
            let opens = try await authority.issuance.renewalOpens(for: record)
            guard opens <= now else {
                throw Refusal(
                    RegistrationRefusal.renewalNotOpen, facts: ["medium": medium.hex, "from": opens.shown])
            }
        }
    }

    /// 补办: on one order the lost key's certificates are revoked and the entity's are made on the inserted key; that
    /// may be the same key, whoever held it.
    package func reissue(
        _ entity: UnifiedSocialCreditCode, lost: MediumNumber, family: AlgorithmFamily, at terminal: Terminal,
        by keys: OrderingKeys
    ) async throws -> MediumNumber {
        let recovered = try await recover(at: terminal)
        if let recovered, recovered.finished(.reissue, for: entity) { return recovered.medium }
        return try await carryOut(because: "reissue \(entity.text)", at: terminal, by: keys) {
            .reissue($0, for: entity, family, lost: lost)
        }.medium
    }

    /// 解锁: the secret in the vault sets a new PIN, and is changed. A plan that is open and needs the PIN goes on
    /// afterwards; one that sets a PIN itself is finished instead. The old PIN is never asked for.
    package func unlock(at terminal: Terminal, by keys: OrderingKeys) async throws -> KeyPlan {
        let name = try await stocked(identify(at: terminal), at: terminal)
        if let open = try await personaliser().openPlan(on: name), !open.needsPIN,
            let recovered = try await recover(at: terminal), [.unlock, .enrol, .reissue].contains(recovered.kind)
        {
            return recovered
        }
        return try await carryOut(because: "PIN locked", at: terminal, by: keys) { .unlock($0) }
    }

    /// Finishes or rolls back what was interrupted on the inserted key; `nil` where nothing was.
    package func recover(at terminal: Terminal) async throws -> KeyPlan? {
        try await terminal.key.expectKey()
        let medium = terminal.key.medium()
        let plan: KeyPlan?
        do { plan = try await personaliser(at: terminal).recover(on: medium) } catch {
            await medium.finish()
            throw error
        }
        await medium.finish()
        return plan
    }

    /// Lets the plan that waits on the inserted key use the tries that are left, on an officer's word.
    package func allowLastTries(at terminal: Terminal, by keys: OrderingKeys) async throws {
        let name = try await stocked(identify(at: terminal), at: terminal)
        let personaliser = personaliser(at: terminal)
        let order = try await personaliser.orderToAllowLastTries(name)
        let authorisation = try await ordering.order(order.request(reason: "last tries", in: surroundings), by: keys)
        try await personaliser.allowLastTries(name, order: .authorised(authorisation))
    }

    /// What an older program began on the inserted key without noting its order is ordered once more, and may go on.
    /// - Throws: `security-keys.no-open-plan`, `security-keys.order-recorded`; the order's refusals.
    package func orderAnew(at terminal: Terminal, by keys: OrderingKeys) async throws {
        let name = try await stocked(identify(at: terminal), at: terminal)
        let personaliser = personaliser(at: terminal)
        let order = try await personaliser.orderAnew(for: name)
        let authorisation = try await ordering.order(
            order.request(reason: "ordered once more", in: surroundings), by: keys)
        try await personaliser.orderAnew(for: name, order: .authorised(authorisation))
    }

    /// What the key in a reader says of itself, by SELECT and reads alone.
    package func identify(at terminal: Terminal) async throws -> MediumFacts {
        try await terminal.key.expectKey()
        let medium = terminal.key.medium()
        let facts = try await personaliser(at: terminal).identify(medium)
        await medium.finish()
        return facts
    }

    /// - Parameter renewing: whether the time must have come from which the key's certificates are renewed; asked last,
    ///   for it is no help to whoever holds another's key.
    private func carryOut(
        because reason: String, at terminal: Terminal, by keys: OrderingKeys, renewing: Bool = false,
        _ make: (MediumNumber) -> KeyIntent
    ) async throws -> KeyPlan {
        let facts = try await identify(at: terminal)
        let name = try await stocked(facts, at: terminal)
        let intent = make(name)
        let order = try await personaliser(at: terminal).order(for: intent, facts)
        if renewing { try await requireRenewalOpen(on: name) }
        let authorisation = try await ordering.order(order.request(reason: reason, in: surroundings), by: keys)
        return try await run(intent, facts, at: terminal, on: .authorised(authorisation))
    }

    func run(
        _ intent: KeyIntent, _ facts: MediumFacts, at terminal: Terminal, on basis: PlanBasis,
        officersOrder: Authorisation? = nil
    ) async throws -> KeyPlan {
        let personaliser = personaliser(
            announce: terminal.announce, observer: terminal.observer, officersOrder: officersOrder)
        let plan = try await personaliser.begin(intent, facts, order: basis)
        return try await personaliser.run(plan, on: terminal.key.medium())
    }

    /// The name of a key of ours.
    /// - Throws: `command.not-stocked`.
    private func stocked(_ facts: MediumFacts, at terminal: Terminal) async throws -> MediumNumber {
        guard let name = facts.medium, try await key(name) != nil else {
            throw Refusal(RegistrationRefusal.notStocked, facts: ["reader": terminal.key.name])
        }
        return name
    }
}

extension KeyPlan {
    /// Whether this plan has just done what was asked for.
    fileprivate func finished(_ kind: Kind, for entity: UnifiedSocialCreditCode) -> Bool {
        self.kind == kind && outcome == .finished && holder?.entity == entity
    }
}
