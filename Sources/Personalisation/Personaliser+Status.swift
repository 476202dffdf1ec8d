package import AgentProtocol
internal import Audit
internal import Cryptography
internal import Groundwork
internal import Officers
internal import SecurityKeys
internal import Storage

/// What happens to a security key outside its plans.
extension Personaliser {
    /// The key is lost: it never comes back, and its certificates are revoked. Needs no card.
    package func reportLoss(of medium: MediumNumber, order: PlanBasis) async throws {
        try await change(medium, .lose, order)
        try await revokeAll(of: medium, because: .lost)
    }

    /// The key is taken out of use, and its certificates are revoked.
    package func retire(_ medium: MediumNumber, order: PlanBasis) async throws {
        try await change(medium, .retire, order)
        try await revokeAll(of: medium, because: .neverActivated)
    }

    /// Notes that the card said its PIN is locked; nobody's order is needed to see that. Noted already, it is enough.
    package func notePINLocked(_ medium: MediumNumber) async throws {
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            guard try SecurityKeyStore.required(medium, in: transaction).status == .active else { return }
            let status = try SecurityKeyStore.apply(.lockPIN, to: medium, at: now, in: transaction)
            try audit.record(Self.event(medium, status, .system), in: transaction)
        }
    }

    /// The plan may use the last tries: a security officer looked at the card and answers for it.
    package func allowLastTries(_ medium: MediumNumber, order: PlanBasis) async throws {
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            guard var plan = try PlanJournal.open(on: medium, in: transaction) else {
                throw Refusal(SecurityKeysRefusal.noOpenPlan)
            }
            try order.spend(for: [.recoverKey], on: medium.hex, in: transaction)
            plan.allowLastTries()
            try PlanJournal.write(plan, at: now, in: transaction)
            try audit.record(
                AuditEvent(
                    act: PersonalisationAct.lastTriesAllowed, actor: order.actor, subject: medium.hex,
                    facts: ["plan": .string(plan.id.shown)]), in: transaction)
        }
    }

    private func change(_ medium: MediumNumber, _ transition: KeyTransition, _ order: PlanBasis) async throws {
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            // Asked again after an interruption, the certificates are still to be revoked.
            if try SecurityKeyStore.required(medium, in: transaction).status == transition.table.to { return }
            try order.spend(for: [.retireKey], on: medium.hex, in: transaction)
            let status = try SecurityKeyStore.apply(transition, to: medium, at: now, in: transaction)
            try audit.record(Self.event(medium, status, order.actor), in: transaction)
        }
    }

    private static func event(_ medium: MediumNumber, _ status: KeyStatus, _ actor: AuditActor) -> AuditEvent {
        AuditEvent(
            act: PersonalisationAct.stateChanged, actor: actor, subject: medium.hex,
            facts: ["status": .string(status.rawValue)])
    }

    private func revokeAll(of medium: MediumNumber, because ending: CertificateEnding) async throws {
        let records = try await database.read { try KeyCertificateStore.certificates(medium, in: $0) }
        for record in records where record.state != .ended {
            try await authority.revoke([try Certificate(der: record.certificate)], because: ending)
            try await database.write { try KeyCertificateStore.setState(.ended, of: record.certificate, in: $0) }
        }
    }
}
