internal import AgentProtocol
internal import CreditCodes
internal import Cryptography
internal import Groundwork
internal import Officers
internal import SecurityKeys
internal import Storage

/// What beginning a plan comes to: judged once before anybody is asked to order it, and once more in the transaction
/// that begins it.
struct PlanDraft: Sendable {
    var plan: KeyPlan
    var order: KeyOrder
    /// What the certificates will be asked for with.
    var rehearsals: [CertificateRehearsal] = []
    /// A key that is taken into stock.
    var stocked: SecurityKey?
    var transition: KeyTransition?
    /// What a reissue ends.
    var ended: (key: SecurityKey, serials: [SerialNumber])?
    /// Officers' order to unlock goes into the plan that is open.
    var isInsideOpenPlan = false
}

extension Personaliser {
    /// - Parameter facts: what the key in the reader states.
    func draft(
        _ intent: KeyIntent, _ facts: MediumFacts, in transaction: any ReadTransaction
    ) throws -> PlanDraft {
        if case .stockIn(let name, let stock) = intent { return try stockIn(name, stock, facts, in: transaction) }
        let ground = try ground(intent.medium, facts, in: transaction)
        switch intent {
        case .unlock:
            return try unlock(
                ground, KeyOrder([.unlockKey], on: ground.key.medium, KeyOrder.about(ground.key.holder)),
                isOfficers: false, in: transaction)
        case .unlockOfficer:
            return try unlock(
                ground, KeyOrder([.changeOfficer], on: ground.key.medium, [:]), isOfficers: true, in: transaction)
        default: break
        }
        guard ground.open == nil else { throw Refusal(SecurityKeysRefusal.openPlan) }
        switch intent {
        case .enrol(_, let entity, let family):
            let holder = KeyHolder.entity(try registry.holder(entity, in: transaction))
            var draft = try enrolment(ground, .enrol, holder, family, KeyIntent.entityProfiles)
            draft.order = KeyOrder(
                [.enrolKey], on: ground.key.medium, KeyOrder.making(holder, family, KeyIntent.entityProfiles))
            return draft
        case .enrolOfficer(_, let officer, let family):
            let holder = KeyHolder.officer(officer)
            return try enrolment(ground, .enrol, holder, family, KeyIntent.officerProfiles)
        case .reissue(_, let entity, let family, let lost):
            return try reissue(ground, entity, family, lost, in: transaction)
        case .renew(_, let entity, let reason, let staged):
            try requireHolder(ground.key, entity)
            let holder = KeyHolder.entity(try registry.holder(entity, in: transaction))
            return try renewal(
                ground, holder, KeyIntent.entityProfiles, staged: staged,
                acts: [reason == .change ? .changeKey : .renewKey], in: transaction)
        case .renewOfficer(_, let officer):
            guard ground.key.holder == .officer else { throw Refusal(PersonalisationRefusal.noCertificates) }
            // In place, the officer's only key would be gone while the plan is on its way.
            let families = try KeyCertificateStore.certificates(ground.key.medium, in: transaction).map(\.family)
            guard families.first.map({ ground.model.canStage($0, purposes: [.authentication]) }) ?? true else {
                throw Self.noSlot(.authentication)
            }
            return try renewal(
                ground, .officer(officer), KeyIntent.officerProfiles, staged: true, acts: Self.officerActs,
                in: transaction)
        case .stockIn, .unlock, .unlockOfficer: throw Refusal(SecurityKeysRefusal.unexpectedAnswer)
        }
    }

    /// Acts that an officer's key can be made under. Under the bootstrap the first officers' keys are made.
    static var officerActs: [OfficerAct] { [.issueOfficerCertificate, .enrolOfficer, .changeOfficer] }

    /// A key and what is known of it.
    struct Ground {
        var key: SecurityKey
        var model: CardModel
        var facts: MediumFacts
        var management: PlanSecret
        var unlock: PlanSecret
        var open: KeyPlan?
    }

    private func ground(
        _ medium: MediumNumber, _ facts: MediumFacts, in transaction: any ReadTransaction
    ) throws(Refusal) -> Ground {
        let key = try SecurityKeyStore.required(medium, in: transaction)
        guard facts.medium == medium else { throw Refusal(SecurityKeysRefusal.stranger) }
        guard key.agrees(with: facts) else { throw Refusal(SecurityKeysRefusal.nameTaken) }
        guard let model = models[key.model] else { throw Refusal(SecurityKeysRefusal.unknownModel) }
        let management = try vault.generations(of: .management, medium: medium, in: transaction)
        let unlock = try vault.generations(of: .unlock, medium: medium, in: transaction)
        let masterVersion = try vault.masterVersion
        return Ground(
            key: key, model: model, facts: facts,
            management: PlanSecret(
                current: management.current, pending: management.pending,
                target: management.pending ?? masterVersion),
            unlock: PlanSecret(current: unlock.current, pending: unlock.pending, target: unlock.current + 1),
            open: try PlanJournal.open(on: medium, in: transaction))
    }

    // MARK: Each kind

    private func stockIn(
        _ name: MediumNumber, _ stock: KeyStock, _ facts: MediumFacts, in transaction: any ReadTransaction
    ) throws(Refusal) -> PlanDraft {
        guard let model = models.model(of: facts) else {
            throw Refusal(SecurityKeysRefusal.unknownModel, detail: facts.version ?? "no version")
        }
        guard facts.medium == nil, facts.isBlank else { throw Refusal(SecurityKeysRefusal.stranger) }
        guard try SecurityKeyStore.key(name, in: transaction) == nil else {
            throw Refusal(SecurityKeysRefusal.nameTaken)
        }
        let now = surroundings.now()
        let key = SecurityKey(
            medium: name, model: model.name, status: .blank, serial: facts.serial, version: facts.version, holder: nil,
            stock: stock, createdAt: now, changedAt: now)
        let plan = KeyPlan(
            id: PlanIdentifier(in: surroundings), kind: .stockIn, medium: name, model: model,
            family: model.families.first ?? .p256, serial: facts.serial,
            management: PlanSecret(current: 0, target: try vault.masterVersion),
            unlock: PlanSecret(current: 0, target: 1))
        var parameters = stock.orderParameters
        parameters["model"] = .string(model.name)
        parameters["serial"] = facts.serial.map { .string(Hex.encode($0)) }
        var draft = PlanDraft(plan: plan, order: KeyOrder([.stockInKey, .enrolOfficer], on: name, parameters))
        draft.stocked = key
        return draft
    }

    private func enrolment(
        _ ground: Ground, _ kind: KeyPlan.Kind, _ holder: KeyHolder, _ family: AlgorithmFamily,
        _ profiles: [KeyPurpose: String]
    ) throws(Refusal) -> PlanDraft {
        let transition: KeyTransition =
            kind == .reissue && ground.key.status != .stocked ? .reassign : .beginEnrolment
        _ = try transition.applied(to: ground.key.status)
        guard ground.facts.tries.unlock != 0 else { throw Refusal(SecurityKeysRefusal.unlockBlocked) }
        guard ground.model.families.contains(family) else {
            throw Refusal(SecurityKeysRefusal.familyUnsupported, facts: ["family": family.rawValue])
        }
        var members: [PlanMember] = []
        for (purpose, profile) in profiles.sorted(by: { $0.key.storedName < $1.key.storedName }) {
            guard let slots = ground.model.slots(for: purpose, family) else { throw Self.noSlot(purpose) }
            members.append(PlanMember(purpose: purpose, slot: slots.primary, profile: profile))
        }
        let plan = plan(ground, kind, family, holder, members)
        var draft = PlanDraft(plan: plan, order: KeyOrder(Self.officerActs, on: ground.key.medium, [:]))
        draft.transition = transition
        draft.rehearsals = rehearsals(plan, holder)
        return draft
    }

    private func reissue(
        _ ground: Ground, _ entity: UnifiedSocialCreditCode, _ family: AlgorithmFamily, _ lost: MediumNumber,
        in transaction: any ReadTransaction
    ) throws -> PlanDraft {
        let isSame = lost == ground.key.medium
        let old = isSame ? ground.key : try SecurityKeyStore.required(lost, in: transaction)
        guard old.holder != .officer, ground.key.holder != .officer else {
            throw Refusal(SecurityKeysRefusal.officersKey)
        }
        if !isSame {
            try requireHolder(old, entity)
            if old.status != .lost { _ = try KeyTransition.lose.applied(to: old.status) }
        } else {
            _ = try KeyTransition.reassign.applied(to: old.status)
        }
        let holder = KeyHolder.entity(try registry.holder(entity, in: transaction))
        var draft = try enrolment(ground, .reissue, holder, family, KeyIntent.entityProfiles)
        let serials = try revocable(lost, in: transaction)
        draft.ended = (old, serials)
        draft.order = KeyOrder(
            [.reissueKey], on: ground.key.medium,
            KeyOrder.making(
                holder, family, KeyIntent.entityProfiles,
                ["lost": .string(lost.hex), "revokes": KeyOrder.serials(serials)]))
        return draft
    }

    private func renewal(
        _ ground: Ground, _ holder: KeyHolder, _ profiles: [KeyPurpose: String], staged: Bool, acts: [OfficerAct],
        in transaction: any ReadTransaction
    ) throws -> PlanDraft {
        try requireUsable(ground)
        let old = try renewable(ground.key, holder, profiles, in: transaction)
        guard let family = old.first?.family else { throw Refusal(PersonalisationRefusal.noCertificates) }
        let purposes = old.map(\.purpose)
        let isStaged = staged && ground.model.canStage(family, purposes: purposes)
        var members: [PlanMember] = []
        for one in old {
            guard let slots = ground.model.slots(for: one.purpose, family), let profile = profiles[one.purpose] else {
                throw Self.noSlot(one.purpose)
            }
            // Whichever of the two places the old key is not in.
            let free = one.slot == slots.primary ? slots.spare ?? slots.primary : slots.primary
            members.append(
                PlanMember(
                    purpose: one.purpose, slot: isStaged ? free : one.slot, profile: profile,
                    replaces: .init(slot: one.slot, certificate: one.certificate)))
        }
        let plan = plan(ground, isStaged ? .renewStaged : .renewInPlace, family, holder, members)
        let replaced = try old.map { try Certificate(der: $0.certificate).serialNumber }
        let chosen = profiles.filter { purposes.contains($0.key) }
        var draft = PlanDraft(
            plan: plan,
            order: KeyOrder(
                acts, on: ground.key.medium,
                KeyOrder.making(
                    holder, family, chosen,
                    ["replaces": KeyOrder.serials(replaced), "inPlace": .bool(!isStaged)])))
        draft.rehearsals = rehearsals(plan, holder)
        return draft
    }

    private func unlock(
        _ ground: Ground, _ order: KeyOrder, isOfficers: Bool, in transaction: any ReadTransaction
    ) throws -> PlanDraft {
        guard (ground.key.holder == .officer) == isOfficers else { throw Refusal(SecurityKeysRefusal.officersKey) }
        guard ground.facts.tries.unlock != 0 else { throw Refusal(SecurityKeysRefusal.unlockBlocked) }
        if var plan = ground.open {
            guard ground.key.status != .lost else { throw Self.wrongStatus(.lost, .unlock) }
            try plan.unlockNext()
            return PlanDraft(plan: plan, order: order, isInsideOpenPlan: true)
        }
        guard [.active, .pinLocked].contains(ground.key.status) else {
            throw Self.wrongStatus(ground.key.status, .unlock)
        }
        let records = try KeyCertificateStore.certificates(ground.key.medium, in: transaction)
        let family = records.first?.family ?? ground.model.families.first ?? .p256
        return PlanDraft(plan: plan(ground, .unlock, family, nil, []), order: order)
    }

    private func plan(
        _ ground: Ground, _ kind: KeyPlan.Kind, _ family: AlgorithmFamily, _ holder: KeyHolder?,
        _ members: [PlanMember]
    ) -> KeyPlan {
        KeyPlan(
            id: PlanIdentifier(in: surroundings), kind: kind, medium: ground.key.medium, model: ground.model,
            family: family, serial: ground.key.serial, holder: holder, members: members,
            management: ground.management, unlock: ground.unlock)
    }

    private func rehearsals(_ plan: KeyPlan, _ holder: KeyHolder) -> [CertificateRehearsal] {
        plan.members.map {
            CertificateRehearsal(
                profile: $0.profile, holder: holder, family: plan.family, medium: plan.medium, model: plan.model.name,
                origin: roots.best(for: plan.model))
        }
    }
}
