package import AgentProtocol
internal import Audit
internal import CertificateRecords
internal import Cryptography
internal import Groundwork
internal import Officers
internal import SecurityKeys
internal import Storage

/// What happens to a security key outside its plans: orders that need no card. Each is one transaction with all that
/// it ends.
extension Personaliser {
    /// What is done to a key without the card.
    package enum RecordIntent: Sendable, Hashable {
        /// 挂失: the certificates are put on hold.
        case reportLost
        /// 撤销挂失: they are taken off it again.
        case reportFound
        /// 注销: for good, and the certificates are revoked.
        case retire
        /// The open plan ends: rolled back while nothing was lost, otherwise the certificates are revoked and the key
        /// is as from stock.
        case abandon
    }

    /// What officers have to sign for this.
    package func order(to intent: RecordIntent, _ medium: MediumNumber) async throws -> KeyOrder {
        try await database.read { try self.judge(intent, medium, in: $0).order }
    }

    /// Does it: the order is spent, and key, certificates, open plan and audit change together.
    package func carryOut(_ intent: RecordIntent, on medium: MediumNumber, order basis: PlanBasis) async throws {
        let now = surroundings.now()
        try await database.write { [self] transaction in
            let judged = try judge(intent, medium, in: transaction)
            try basis.spend(judged.order, in: transaction)
            let actor = basis.actor
            switch intent {
            case .reportLost:
                try authority.hold(judged.serials, .suspend, actor: actor, in: transaction)
                try end(judged.key, .lose, actor, closesPlan: false, at: now, in: transaction)
            case .reportFound:
                try authority.hold(judged.serials, .resume, actor: actor, in: transaction)
                try end(judged.key, .find, actor, closesPlan: false, at: now, in: transaction)
            case .retire:
                try authority.revoke(judged.serials, because: .retired, actor: actor, in: transaction)
                try end(judged.key, .retire, actor, at: now, in: transaction)
            case .abandon:
                guard var plan = judged.plan else { throw Refusal(SecurityKeysRefusal.noOpenPlan) }
                let ending: CertificateEnding = plan.canRollBack ? .neverActivated : .givenUp
                try authority.revoke(judged.serials, because: ending, actor: actor, in: transaction)
                plan.giveUp()
                try PlanJournal.write(plan, at: now, in: transaction)
                try conclude(plan, actor, at: now, in: transaction)
            }
        }
    }

    /// Lets the plan use the last tries: an officer looked at the card and answers for it.
    package func orderToAllowLastTries(_ medium: MediumNumber) async throws -> KeyOrder {
        try await database.read { transaction in
            guard let plan = try PlanJournal.open(on: medium, in: transaction) else {
                throw Refusal(SecurityKeysRefusal.noOpenPlan)
            }
            let key = try SecurityKeyStore.required(medium, in: transaction)
            return KeyOrder([.recoverKey], on: medium, KeyOrder.about(key.holder, KeyOrder.of(plan)))
        }
    }

    package func allowLastTries(_ medium: MediumNumber, order basis: PlanBasis) async throws {
        let now = surroundings.now()
        try await database.write { transaction in
            guard var plan = try PlanJournal.open(on: medium, in: transaction) else {
                throw Refusal(SecurityKeysRefusal.noOpenPlan)
            }
            let key = try SecurityKeyStore.required(medium, in: transaction)
            let order = KeyOrder([.recoverKey], on: medium, KeyOrder.about(key.holder, KeyOrder.of(plan)))
            try basis.spend(order, in: transaction)
            plan.allowLastTries()
            try PlanJournal.write(plan, at: now, in: transaction)
            try note(.lastTriesAllowed, plan, basis.actor, in: transaction)
        }
    }

    /// Notes that the card said its PIN is locked; nobody's order is needed to see that. Noted already, it is enough.
    package func notePINLocked(_ medium: MediumNumber) async throws {
        let now = surroundings.now()
        try await database.write { transaction in
            guard try SecurityKeyStore.required(medium, in: transaction).status == .active else { return }
            try change(medium, .lockPIN, .system, at: now, in: transaction)
        }
    }

    /// The card took a new PIN.
    func notePINSet(_ plan: KeyPlan, _ order: OrderInForce) async throws {
        let now = surroundings.now()
        try await database.write { transaction in
            guard try SecurityKeyStore.required(plan.medium, in: transaction).status == .pinLocked else { return }
            try change(plan.medium, .unlock, order.actor, at: now, in: transaction)
        }
    }

    // MARK: Inside a transaction

    private struct Judged {
        var key: SecurityKey
        var plan: KeyPlan?
        var serials: [SerialNumber]
        var order: KeyOrder
    }

    private func judge(
        _ intent: RecordIntent, _ medium: MediumNumber, in transaction: any ReadTransaction
    ) throws(Refusal) -> Judged {
        let key = try SecurityKeyStore.required(medium, in: transaction)
        let plan = try PlanJournal.open(on: medium, in: transaction)
        let known = try authority.certificates(of: medium, in: transaction)
        func judged(
            _ act: OfficerAct, _ serials: [SerialNumber], _ parameters: [String: CanonicalJSON]
        ) -> Judged {
            Judged(
                key: key, plan: plan, serials: serials,
                order: KeyOrder([act], on: medium, KeyOrder.about(key.holder, parameters)))
        }
        if intent == .abandon {
            guard let plan else { throw Refusal(SecurityKeysRefusal.noOpenPlan) }
            let serials = try ended(by: plan, known, in: transaction)
            var parameters = KeyOrder.of(plan)
            parameters["revokes"] = KeyOrder.serials(serials)
            return judged(.abandonPlan, serials, parameters)
        }
        guard key.holder != .officer else { throw Refusal(SecurityKeysRefusal.officersKey) }
        func parameters(_ serials: [SerialNumber], _ reason: RevocationReason) -> [String: CanonicalJSON] {
            ["certificates": KeyOrder.serials(serials), "reason": .integer(Int64(reason.rawValue))]
        }
        switch intent {
        case .reportLost:
            _ = try KeyTransition.lose.applied(to: key.status)
            let active = known.filter { $0.state == .active }.map(\.serial)
            return judged(.reportLostKey, active, parameters(active, .certificateHold))
        case .reportFound:
            _ = try KeyTransition.find.applied(to: key.status)
            let held = known.filter { $0.state == .suspended }.map(\.serial)
            return judged(.reportFoundKey, held, parameters(held, .removeFromCRL))
        case .retire, .abandon:
            _ = try KeyTransition.retire.applied(to: key.status)
            let alive = known.filter(\.canBeRevoked).map(\.serial)
            return judged(.retireKey, alive, parameters(alive, .cessationOfOperation))
        }
    }

    /// What giving the plan up revokes: what it made and did not activate; when it can only go forward, everything
    /// that is left on the key, but for an unlocking, which touches no certificate.
    private func ended(
        by plan: KeyPlan, _ known: [CertificateNow], in transaction: any ReadTransaction
    ) throws(Refusal) -> [SerialNumber] {
        let alive = known.filter(\.canBeRevoked)
        switch plan.kind {
        case .unlock, .stockIn: return []
        default: return (plan.canRollBack ? alive.filter { $0.state == .issued } : alive).map(\.serial)
        }
    }

    /// The key's status changes; what is open on it ends where nothing can come of it any more.
    func end(
        _ key: SecurityKey, _ transition: KeyTransition, _ actor: AuditActor, closesPlan: Bool = true, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        if closesPlan, var plan = try PlanJournal.open(on: key.medium, in: transaction) {
            plan.giveUp()
            try PlanJournal.write(plan, at: now, in: transaction)
            try note(plan.outcome == .rolledBack ? .rolledBack : .abandoned, plan, actor, in: transaction)
        }
        if key.status != transition.table.to { try change(key.medium, transition, actor, at: now, in: transaction) }
    }

    private func change(
        _ medium: MediumNumber, _ transition: KeyTransition, _ actor: AuditActor, at now: Instant,
        in transaction: any Transaction
    ) throws(Refusal) {
        let status = try SecurityKeyStore.apply(transition, to: medium, at: now, in: transaction)
        try audit.record(
            AuditEvent(
                act: PersonalisationAct.stateChanged, actor: actor, subject: medium.hex,
                facts: ["status": .string(status.rawValue)]), in: transaction)
    }
}
