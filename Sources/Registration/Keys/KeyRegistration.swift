package import AgentProtocol
internal import Audit
package import CertificateAuthority
internal import CreditCodes
package import Cryptography
internal import Groundwork
package import LegalEntities
package import Officers
package import Personalisation
package import SecurityKeys
package import Storage

/// A security key's life where it is inserted: each act with its order, its plan and its outcome.
package struct KeyRegistration: Sendable {
    /// What a plan's certificates come from and go to.
    package struct Authority: Sendable {
        package var issuance: Issuance
        package var revocation: RevocationDesk
        package var certificates: CertificateStore

        package init(issuance: Issuance, revocation: RevocationDesk, certificates: CertificateStore) {
            self.issuance = issuance
            self.revocation = revocation
            self.certificates = certificates
        }
    }

    let ordering: Ordering
    let database: Database
    let registry: RegistryStore
    let registryOrders: RegistryOrders
    let authority: Authority
    let escrow: Escrow
    let models: @Sendable () -> CardModels
    let roots: AttestationRoots
    private var surroundings: Surroundings { ordering.surroundings }

    /// - Parameter models: the card models of the policy in force.
    package init(
        ordering: Ordering, database: Database, registry: RegistryStore, authority: Authority, escrow: Escrow,
        models: @autoclosure @escaping @Sendable () -> CardModels, roots: AttestationRoots
    ) {
        self.ordering = ordering
        self.database = database
        self.registry = registry
        self.registryOrders = RegistryOrders(ordering: ordering, database: database, registry: registry)
        self.authority = authority
        self.escrow = escrow
        self.models = models
        self.roots = roots
    }

    /// The personaliser with its observer: the shipped one logs steps where asked to.
    package func personaliser(
        announce: @escaping @Sendable (KeyPurpose, MediumNumber) async throws -> Void = { _, _ in },
        observer: @escaping PlanObserver = { _ in }, officersOrder: Authorisation? = nil
    ) -> Personaliser {
        let desk = AuthorityDesk(
            issuance: authority.issuance, revocation: authority.revocation, certificates: authority.certificates,
            officersOrder: officersOrder)
        return Personaliser(
            database: database, escrow: escrow, authority: desk, models: models(),
            roots: roots, surroundings: surroundings, announce: announce, observer: observer)
    }

    func personaliser(at terminal: Terminal) -> Personaliser {
        personaliser(announce: terminal.announce, observer: terminal.observer)
    }
}

/// The acts, each on an officer's order.
extension KeyRegistration {
    /// 入库: a blank key gets its medium number, its own secrets, and a PIN that nobody knows.
    package func stockIn(
        _ stock: KeyStock = .unstated, at terminal: Terminal, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        let stated = try await identify(at: terminal).medium
        if let stated, try await key(stated) != nil {
            throw Refusal(RegistrationRefusal.alreadyStocked, facts: ["medium": stated.hex])
        }
        let name = MediumNumber.random(in: surroundings)
        let authorisation = try await ordering.order(
            CanonicalRequest(
                .stockInKey, subject: name.hex, parameters: stock.orderParameters, reason: "stock-in",
                in: surroundings), by: keys)
        return try await stockIn(name, stock, at: terminal, on: .authorised(authorisation))
    }

    /// The same on another basis, such as the bootstrap's.
    package func stockIn(
        _ name: MediumNumber, _ stock: KeyStock = .unstated, at terminal: Terminal, on basis: PlanBasis
    ) async throws -> MediumNumber {
        let medium = terminal.key.medium()
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginStockIn(name, on: medium, stock: stock, order: basis)
        try await personaliser.run(plan, on: medium)
        return name
    }

    /// 申领: keys and certificates of an entity on a stocked key.
    package func enrol(
        _ code: String, family: AlgorithmFamily, at terminal: Terminal, reissue: Bool = false, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        let name = try await mediumNumber(at: terminal)
        _ = try await registry.holder(registry.code(code))
        let act: OfficerAct = reissue ? .reissueKey : .enrolKey
        let authorisation = try await ordering.order(act, subject: name.hex, reason: "enrol \(code)", by: keys)
        let holder = try await keyHolder(code, actor: authorisation.actor)
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginEnrolment(
            of: name, for: holder, family: family, reissue: reissue, order: .authorised(authorisation))
        try await personaliser.run(plan, on: terminal.key.medium())
        return name
    }

    /// 更新 and 变更: new keys and certificates with what the registry says now.
    package func renew(
        _ code: String, at terminal: Terminal, because act: OfficerAct = .renewKey, staged: Bool = true,
        by keys: OrderingKeys
    ) async throws -> KeyPlan {
        let name = try await mediumNumber(at: terminal)
        _ = try await registry.holder(registry.code(code))
        let authorisation = try await ordering.order(
            act, subject: name.hex, reason: "\(act.label.en) \(code)", by: keys)
        let holder = try await keyHolder(code, actor: authorisation.actor)
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginRenewal(
            of: name, for: holder, staged: staged, order: .authorised(authorisation))
        return try await personaliser.run(plan, on: terminal.key.medium())
    }

    /// 解锁: the escrowed secret sets a new PIN, and is changed.
    package func unlock(at terminal: Terminal, by keys: OrderingKeys) async throws -> KeyPlan {
        let name = try await mediumNumber(at: terminal)
        let authorisation = try await ordering.order(.unlockKey, subject: name.hex, reason: "PIN locked", by: keys)
        let personaliser = personaliser(at: terminal)
        let plan = try await personaliser.beginUnlock(of: name, order: .authorised(authorisation))
        return try await personaliser.run(plan, on: terminal.key.medium())
    }

    /// Finishes or rolls back what was interrupted on the inserted key; `nil` where nothing was.
    package func recover(at terminal: Terminal) async throws -> KeyPlan? {
        try await terminal.key.expectKey()
        let medium = terminal.key.medium()
        let plan = try await personaliser(at: terminal).recover(on: medium)
        await medium.finish()
        return plan
    }

    /// Lets the plan that waits on the inserted key use the tries that are left, on an officer's word.
    package func allowLastTries(at terminal: Terminal, by keys: OrderingKeys) async throws {
        let name = try await mediumNumber(at: terminal)
        guard try await database.read({ try PlanJournal.open(on: name, in: $0) }) != nil else {
            throw Refusal(SecurityKeysRefusal.noOpenPlan)
        }
        let authorisation = try await ordering.order(.recoverKey, subject: name.hex, reason: "last tries", by: keys)
        try await personaliser(at: terminal).allowLastTries(name, order: .authorised(authorisation))
    }

    /// What the key in a reader says of itself, by SELECT and reads alone.
    package func identify(at terminal: Terminal) async throws -> MediumFacts {
        try await terminal.key.expectKey()
        let medium = terminal.key.medium()
        let facts = try await personaliser(at: terminal).identify(medium)
        await medium.finish()
        return facts
    }

    /// The record of a key, with what its certificates are now.
    package func key(_ name: MediumNumber) async throws -> (key: SecurityKey, certificates: [CertificateRecord])? {
        guard let key = try await database.read({ try SecurityKeyStore.key(name, in: $0) }) else { return nil }
        return (key, try await authority.certificates.certificates(medium: name.bytes))
    }

    private func mediumNumber(at terminal: Terminal) async throws -> MediumNumber {
        guard let name = try await identify(at: terminal).medium, try await key(name) != nil else {
            throw Refusal(RegistrationRefusal.notStocked, facts: ["reader": terminal.key.name])
        }
        return name
    }

    private func keyHolder(_ code: String, actor: AuditActor) async throws -> KeyHolder {
        let (_, record) = try await registryOrders.holder(code, actor: actor)
        let division = registry.rules.division(record.division)
        return KeyHolder(
            creditCode: record.code.text, organization: record.name, commonName: record.name,
            stateOrProvince: division?.province.zh, locality: division?.name.zh)
    }
}

extension KeyRegistration {
    /// 补办: what the lost key carried is revoked on the officers' order for each certificate, then another key enrols.
    package func reissue(
        _ code: String, lost: MediumNumber, family: AlgorithmFamily, at terminal: Terminal, by keys: OrderingKeys
    ) async throws -> MediumNumber {
        guard let (key, _) = try await key(lost), key.holder == code else {
            throw Refusal(RegistrationRefusal.notItsKey, facts: ["medium": lost.hex, "code": code])
        }
        let authorisation = try await ordering.order(.retireKey, subject: lost.hex, reason: "key lost", by: keys)
        try await personaliser().reportLoss(of: lost, order: .authorised(authorisation))
        return try await enrol(code, family: family, at: terminal, reissue: true, by: keys)
    }
}
