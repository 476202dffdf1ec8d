package import AgentProtocol
internal import Audit
package import Cryptography
internal import Groundwork
internal import Officers
package import SecurityKeys
internal import Storage

/// Beginning plans. Each spends its order and stores key, plan and audit event in one transaction.
extension Personaliser {
    /// Takes a blank key into stock: it gets its name, its management and unlock secrets, and a PIN that nobody knows.
    /// - Parameters:
    ///   - model: the model's name where the card does not tell it.
    ///   - stock: the order's parameters are exactly these.
    package func beginStockIn(
        _ name: MediumNumber, on medium: any KeyMedium, model: String? = nil, stock: KeyStock = .unstated,
        order: PlanBasis
    ) async throws -> KeyPlan {
        try await escrow.refresh()
        let facts = try await identify(medium)
        guard let model = model.flatMap({ models[$0] }) ?? models.model(of: facts) else {
            throw Refusal(SecurityKeysRefusal.unknownModel, detail: facts.version ?? "no version")
        }
        guard facts.medium == nil, facts.isBlank else { throw Refusal(SecurityKeysRefusal.stranger) }
        let now = surroundings.now()
        let key = SecurityKey(
            medium: name, model: model.name, status: .blank, serial: facts.serial, version: facts.version, holder: nil,
            stock: stock, createdAt: now, changedAt: now)
        let plan = KeyPlan(
            id: PlanIdentifier(in: surroundings), kind: .stockIn, medium: name, model: model,
            family: model.families.first ?? .p256, serial: facts.serial,
            management: PlanSecret(current: 0, target: try escrow.masterVersion),
            unlock: PlanSecret(current: 0, target: 1))
        try await begin(plan, order.requiring(stock.orderParameters, of: .stockInKey)) { transaction in
            guard try SecurityKeyStore.key(name, in: transaction) == nil else {
                throw Refusal(SecurityKeysRefusal.nameTaken)
            }
            try SecurityKeyStore.insert(key, in: transaction)
        }
        return plan
    }

    /// A first enrolment, or a reissue on a second key: keys for the purposes, each with its certificate profile.
    package func beginEnrolment(
        of medium: MediumNumber, for holder: KeyHolder, family: AlgorithmFamily,
        profiles: [KeyPurpose: String] = standardProfiles, reissue: Bool = false, caseFile: String = "",
        order: PlanBasis
    ) async throws -> KeyPlan {
        try await begin(medium, order: order) { key, model, secrets, _, transaction in
            guard model.families.contains(family) else { throw Refusal(SecurityKeysRefusal.unknownModel) }
            var members: [PlanMember] = []
            for (purpose, profile) in profiles.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
                guard let places = model.places(for: purpose, family) else { throw Self.noPlace(purpose) }
                members.append(PlanMember(purpose: purpose, place: places.primary, profile: profile))
            }
            try SecurityKeyStore.apply(.beginEnrolment, to: medium, at: surroundings.now(), in: transaction)
            try SecurityKeyStore.setHolder(holder.creditCode, of: medium, in: transaction)
            return KeyPlan(
                id: PlanIdentifier(in: surroundings), kind: reissue ? .reissue : .enrol, medium: medium, model: model,
                family: family, serial: key.serial, holder: holder, caseFile: caseFile, members: members,
                management: secrets.management, unlock: secrets.unlock)
        }
    }

    /// A renewal, or with another holder's data a change: staged where the model has a spare place for each purpose.
    /// - Parameter staged: `false` insists on renewal in place.
    package func beginRenewal(
        of medium: MediumNumber, for holder: KeyHolder, profiles: [KeyPurpose: String] = standardProfiles,
        staged: Bool = true, caseFile: String = "", order: PlanBasis
    ) async throws -> KeyPlan {
        try await begin(medium, order: order) { key, model, secrets, certificates, _ in
            let active = certificates.filter { $0.state == .active && profiles[$0.purpose] != nil }
            guard let family = active.first?.family, key.status == .active else {
                throw Refusal(PersonalisationRefusal.noCertificates)
            }
            let purposes = active.map(\.purpose).sorted { $0.rawValue < $1.rawValue }
            let isStaged = staged && model.canStage(family, purposes: purposes)
            var members: [PlanMember] = []
            for purpose in purposes {
                guard let places = model.places(for: purpose, family), let profile = profiles[purpose],
                    let old = active.first(where: { $0.purpose == purpose })
                else { throw Self.noPlace(purpose) }
                // Whichever of the two places the old key is not in.
                let free = old.place == places.primary ? places.spare ?? places.primary : places.primary
                members.append(
                    PlanMember(
                        purpose: purpose, place: isStaged ? free : old.place, profile: profile,
                        replaces: .init(place: old.place, certificate: old.certificate)))
            }
            return KeyPlan(
                id: PlanIdentifier(in: surroundings), kind: isStaged ? .renewStaged : .renewInPlace, medium: medium,
                model: model, family: family, serial: key.serial, holder: holder, caseFile: caseFile, members: members,
                management: secrets.management, unlock: secrets.unlock)
        }
    }

    /// Unlocks a PIN: the holder chooses a new one, and the unlock secret is changed afterwards.
    package func beginUnlock(
        of medium: MediumNumber, caseFile: String = "", order: PlanBasis
    ) async throws -> KeyPlan {
        try await begin(medium, order: order) { key, model, secrets, certificates, _ in
            guard [.active, .pinLocked].contains(key.status) else {
                throw Refusal(
                    SecurityKeysRefusal.wrongStatus,
                    facts: [
                        "status": key.status.title.zh, "transition": KeyTransition.unlock.title.zh,
                        "statusEn": key.status.title.en, "transitionEn": KeyTransition.unlock.title.en,
                    ])
            }
            return KeyPlan(
                id: PlanIdentifier(in: surroundings), kind: .unlock, medium: medium, model: model,
                family: certificates.first?.family ?? model.families.first ?? .p256, serial: key.serial,
                caseFile: caseFile, management: secrets.management, unlock: secrets.unlock)
        }
    }

    /// The two purposes of an entity's key and their profiles.
    package static var standardProfiles: [KeyPurpose: String] {
        [.authentication: "entity-authentication", .signature: "entity-signature"]
    }

    struct Secrets {
        var management: PlanSecret
        var unlock: PlanSecret
    }

    private static func noPlace(_ purpose: KeyPurpose) -> Refusal {
        Refusal(SecurityKeysRefusal.noPlace, facts: ["purpose": purpose.title.zh])
    }

    private func begin(
        _ medium: MediumNumber, order: PlanBasis,
        make: @escaping @Sendable (SecurityKey, CardModel, Secrets, [KeyCertificate], any Transaction) throws -> KeyPlan
    ) async throws -> KeyPlan {
        let now = surroundings.now()
        try await escrow.refresh()
        return try await database.write { [models, escrow, audit] transaction in
            let key = try SecurityKeyStore.required(medium, in: transaction)
            guard try PlanJournal.open(on: medium, in: transaction) == nil else {
                throw Refusal(SecurityKeysRefusal.openPlan)
            }
            guard let model = models[key.model] else { throw Refusal(SecurityKeysRefusal.unknownModel) }
            let management = try escrow.generations(of: .management, medium: medium, in: transaction)
            let unlock = try escrow.generations(of: .unlock, medium: medium, in: transaction)
            let secrets = Secrets(
                management: PlanSecret(
                    current: management.current, pending: management.pending,
                    target: try management.pending ?? escrow.masterVersion),
                unlock: PlanSecret(current: unlock.current, pending: unlock.pending, target: unlock.current + 1))
            let certificates = try KeyCertificateStore.certificates(medium, in: transaction)
            let plan = try make(key, model, secrets, certificates, transaction)
            try Self.store(plan, order, audit, at: now, in: transaction)
            return plan
        }
    }

    private func begin(
        _ plan: KeyPlan, _ order: PlanBasis, also: @escaping @Sendable (any Transaction) throws -> Void
    ) async throws {
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            try also(transaction)
            try Self.store(plan, order, audit, at: now, in: transaction)
        }
    }

    private static func store(
        _ plan: KeyPlan, _ order: PlanBasis, _ audit: AuditLog, at now: Instant, in transaction: any Transaction
    ) throws(Refusal) {
        try order.spend(for: plan.kind.acts, on: plan.medium.hex, in: transaction)
        try PlanJournal.write(plan, at: now, in: transaction)
        try audit.record(
            AuditEvent(
                act: PersonalisationAct.begun, actor: order.actor, subject: plan.medium.hex,
                facts: [
                    "plan": .string(plan.id.shown), "kind": .string(plan.kind.rawValue),
                    "case": .string(plan.caseFile),
                ]), in: transaction)
    }
}
