internal import AgentProtocol
internal import Audit
internal import CreditCodes
internal import Cryptography
internal import Groundwork
internal import SecurityKeys
internal import Storage

/// What a plan asks of the authority. The entity is read from the registry again each time: one that may hold no keys
/// any more gets no certificate, and one that changed its name gets its new one.
extension Personaliser {
    func certify(_ index: Int, of plan: KeyPlan, under order: OrderInForce) async throws -> PlanEvent {
        let member = plan.members[index]
        guard let request = member.request, let publicKey = member.publicKey, let begunFor = plan.holder else {
            throw Refusal(PersonalisationRefusal.holderMissing, detail: "\(plan.id)")
        }
        if plan.order == .unrecorded, begunFor.entity != nil { throw Refusal(SecurityKeysRefusal.orderUnrecorded) }
        let origin = try roots.origin(of: publicKey, attestation: member.attestation, model: plan.model)
        let stock = try await database.read { try SecurityKeyStore.required(plan.medium, in: $0).stock }
        let holder = try await database.read { try holderNow(begunFor, in: $0) }
        try await noteRename(from: begunFor, to: holder, plan, order)
        let requested = PlannedCertificate(
            reference: plan.reference(of: member), profile: member.profile, purpose: member.purpose, holder: holder,
            request: request, medium: plan.medium, slot: member.slot, model: plan.model.name, stock: stock,
            origin: origin, order: order.spent, actor: order.actor,
            condition: { transaction in
                guard try holderNow(begunFor, in: transaction) == holder else {
                    throw Refusal(PersonalisationRefusal.holderChanged)
                }
                try requireReplaceable(member, of: plan, in: transaction)
            })
        let certificate = try await authority.certify(requested)
        try await observer("\(plan.kind.rawValue)/\(plan.stepName)/issued")
        guard certificate.publicKey.spki == publicKey else {
            throw Refusal(PersonalisationRefusal.otherCertificate)
        }
        let record = KeyCertificate(
            purpose: member.purpose, family: plan.family, slot: member.slot, certificate: certificate.der,
            origin: origin)
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            try KeyCertificateStore.record(
                record, medium: plan.medium, plan: plan.id, attempt: member.attempt, at: now, in: transaction)
            try audit.record(
                AuditEvent(
                    act: PersonalisationAct.certified, actor: order.actor, subject: plan.medium.hex,
                    facts: [
                        "serial": .string(certificate.serialNumber.hex), "place": .string(member.slot.rawValue),
                        "purpose": .string(member.purpose.rawValue), "origin": .string(origin.text),
                        "plan": .string(plan.id.shown),
                    ]), in: transaction)
        }
        return .certified(certificate.der)
    }

    /// Activates at the authority, then revokes what is replaced: each may be done again.
    func activate(_ members: [Int], of plan: KeyPlan, under order: OrderInForce) async throws -> PlanEvent {
        var new: [Int: Certificate] = [:]
        var old: [Certificate] = []
        for index in members {
            guard let der = plan.members[index].certificate else { return .certificatesEnded([index]) }
            new[index] = try Certificate(der: der)
            if let replaced = plan.members[index].replaces { old.append(try Certificate(der: replaced.certificate)) }
        }
        let made = Array(new.values)
        if let begunFor = plan.holder {
            let holder = try await database.read { try holderNow(begunFor, in: $0) }
            // A certificate with a name that is no longer the entity's is not activated: another is asked for.
            if case .entity(let entity) = holder, made.contains(where: { !$0.names(entity.name) }) {
                try await authority.revoke(made, because: .neverActivated, actor: order.actor)
                return .certificatesEnded(members)
            }
        }
        let ended = Set(try await authority.activate(made, actor: order.actor))
        if !ended.isEmpty {
            // A set is active whole or not at all: what became active beside an ended one is revoked with it.
            let lost = made.filter { !ended.contains($0) }
            try await authority.revoke(lost, because: .neverActivated, actor: order.actor)
            return .certificatesEnded(members)
        }
        try await observer("\(plan.kind.rawValue)/\(plan.stepName)/activated")
        if plan.holder?.entity == nil, let spent = order.spent, let before = old.first, let after = made.first {
            try await authority.succeed(before, by: after, under: spent)
        } else {
            try await authority.revoke(old, because: .superseded, actor: order.actor)
        }
        return .activated
    }

    /// The holder as the registry has it now; an officer is as the plan began.
    private func holderNow(_ holder: KeyHolder, in transaction: any ReadTransaction) throws(Refusal) -> KeyHolder {
        guard let entity = holder.entity else { return holder }
        return .entity(try registry.holder(entity, in: transaction))
    }

    private func noteRename(
        from begun: KeyHolder, to now: KeyHolder, _ plan: KeyPlan, _ order: OrderInForce
    ) async throws {
        guard case .entity(let before) = begun, case .entity(let after) = now, before.name != after.name else { return }
        try await database.write { transaction in
            try note(
                .renamed, plan, order.actor, ["from": .string(before.name), "to": .string(after.name)],
                in: transaction)
        }
    }
}

extension Certificate {
    /// Whether its subject's organisation has this name.
    fileprivate func names(_ organization: String) -> Bool {
        subject.attributes.contains { $0.type == .organizationName && $0.value == organization }
    }
}
