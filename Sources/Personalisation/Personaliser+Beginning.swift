package import AgentProtocol
internal import Audit
internal import CreditCodes
internal import Cryptography
internal import Groundwork
internal import Officers
package import SecurityKeys
internal import Storage

/// Beginning plans: first what would be ordered, then the plan itself on that order.
extension Personaliser {
    /// What officers have to sign for this, after everything was looked at that can be known before the card is
    /// touched: the key, its holder, its certificates, the card's model and tries, and the certificates that would be
    /// made, which are built and judged over keys that are thrown away.
    /// - Parameter facts: what the key in the reader states.
    package func order(for intent: KeyIntent, _ facts: MediumFacts) async throws -> KeyOrder {
        try await vault.refresh()
        let draft = try await database.read { try self.draft(intent, facts, in: $0) }
        for rehearsal in draft.rehearsals { try await authority.rehearse(rehearsal) }
        return draft.order
    }

    /// Begins the plan: the order is spent, and key, plan, what a reissue ends and the audit are stored together.
    ///
    /// Everything is judged once more inside the transaction; the order must say exactly what the plan will do.
    /// - Returns: the plan for ``run(_:on:)``.
    package func begin(
        _ intent: KeyIntent, _ facts: MediumFacts, order basis: PlanBasis
    ) async throws -> KeyPlan {
        try await vault.refresh()
        let rehearsed = try await database.read { try self.draft(intent, facts, in: $0).rehearsals }
        for rehearsal in rehearsed { try await authority.rehearse(rehearsal) }
        let now = surroundings.now()
        return try await database.write { [self] transaction in
            var draft = try self.draft(intent, facts, in: transaction)
            try basis.spend(draft.order, in: transaction)
            if draft.isInsideOpenPlan {
                try PlanJournal.write(draft.plan, at: now, in: transaction)
                try note(.unlockOrdered, draft.plan, basis.actor, in: transaction)
                return draft.plan
            }
            draft.plan.stand(under: basis.noted)
            try store(draft, basis.actor, at: now, in: transaction)
            return draft.plan
        }
    }

    private func store(
        _ draft: PlanDraft, _ actor: AuditActor, at now: Instant, in transaction: any Transaction
    ) throws {
        let plan = draft.plan
        if let key = draft.stocked { try SecurityKeyStore.insert(key, in: transaction) }
        if let (key, serials) = draft.ended {
            let isSame = key.medium == plan.medium
            try authority.revoke(serials, because: isSame ? .reassigned : .lost, actor: actor, in: transaction)
            if !isSame { try end(key, .lose, actor, at: now, in: transaction) }
        }
        if let transition = draft.transition {
            try SecurityKeyStore.apply(transition, to: plan.medium, at: now, in: transaction)
            try SecurityKeyStore.setHolder(plan.holder?.onRecord, of: plan.medium, in: transaction)
        }
        if let entity = plan.holder?.entity {
            try registry.makeKnown(entity, actor: actor, in: transaction)
        }
        try PlanJournal.write(plan, at: now, in: transaction)
        try note(.begun, plan, actor, draft.order.parameters, in: transaction)
    }

    /// An audit event about a plan. What an order said of it stands there too, under the order's own names.
    func note(
        _ act: PersonalisationAct, _ plan: KeyPlan, _ actor: AuditActor, _ more: [String: CanonicalJSON] = [:],
        in transaction: any Transaction
    ) throws(Refusal) {
        var facts: [String: CanonicalJSON] = ["plan": .string(plan.id.shown), "kind": .string(plan.kind.rawValue)]
        if act == .begun {
            facts["case"] = .string(plan.caseFile)
            facts["holder"] =
                switch plan.holder {
                case .entity(let entity)?: .string(entity.entity.text)
                case .officer?: "officer"
                case nil: .null
                }
            facts["order"] =
                switch plan.order {
                case .officers(let nonce): .string(Hex.encode(nonce))
                case .bootstrap: "bootstrap"
                case .unrecorded: .null
                }
        }
        for (name, value) in more where facts[name] == nil { facts[name] = value }
        try audit.record(
            AuditEvent(act: act, actor: actor, subject: plan.medium.hex, facts: facts), in: transaction)
    }
}
