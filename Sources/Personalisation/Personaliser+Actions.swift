internal import AgentProtocol
internal import Audit
internal import CreditCodes
internal import Cryptography
internal import Groundwork
internal import SecurityKeys
internal import Storage

extension Personaliser {
    /// Does one thing that the plan asks for.
    func carryOut(
        _ action: PlanAction, of plan: KeyPlan, under order: OrderInForce, on medium: any KeyMedium,
        lender: any SecretLender
    ) async throws -> PlanEvent {
        switch action {
        case .medium(let action):
            return try await perform(action, of: plan, under: order, on: medium, lender: lender)
        case .commit(let reference):
            try await vault.refresh()
            try await database.write { [vault] in
                try vault.commitPending(reference, medium: plan.medium, in: $0)
            }
            return .committed
        case .confirm(let reference):
            try await database.write { [vault, audit] transaction in
                try vault.confirm(reference, medium: plan.medium, in: transaction)
                try audit.record(
                    AuditEvent(
                        act: PersonalisationAct.secretConfirmed, actor: order.actor, subject: plan.medium.hex,
                        facts: ["secret": .string(reference.description), "plan": .string(plan.id.shown)]),
                    in: transaction)
            }
            return .confirmed
        case .announce(let purpose):
            try await announce(purpose, plan.medium)
            return .announced
        case .certify(let index): return try await certify(index, of: plan, under: order)
        case .activate(let members): return try await activate(members, of: plan, under: order)
        case .end, .stop: return .resume
        }
    }

    private func perform(
        _ action: MediumAction, of plan: KeyPlan, under order: OrderInForce, on medium: any KeyMedium,
        lender: any SecretLender
    ) async throws -> PlanEvent {
        let presents = action.presentsUnlockSecret
        if presents { try await countUnlockTry(plan, order) }
        let event: MediumEvent
        do throws(MediumFailure) { event = try await medium.perform(action, lender: lender) } catch .pinBlocked {
            try await notePINLocked(plan.medium)
            throw Refusal(SecurityKeysRefusal.pinBlocked)
        } catch { throw error.refusal }
        if event == .pinSet { try await notePINSet(plan, order) }
        switch event {
        case .unlockSecretSet, .pinSet, .pinVoided, .triesSet:
            try await setUnlockTries((plan.model.stockedTries ?? plan.model.factoryTries).unlock, plan.medium)
        case .wrongUnlockSecret(let left?): try await setUnlockTries(left, plan.medium)
        case .tries(var tries) where tries.unlock == nil:
            tries.unlock = try await database.read {
                try SecurityKeyStore.unlockTriesLeft(plan.medium, model: plan.model, in: $0)
            }
            return .medium(.tries(tries))
        case .generated(let publicKey, let attestation):
            // A false one is refused before the plan believes in the key: the next insertion generates again.
            _ = try roots.origin(of: publicKey, attestation: attestation, model: plan.model)
        case .requested(let request): try check(request, action)
        case .proved(let proof): if !isProof(proof, action) { return .medium(.otherKey) }
        default: break
        }
        return .medium(event)
    }

    /// Written before the command: a try whose answer is lost was a try. Also the audit of the secret's release.
    private func countUnlockTry(_ plan: KeyPlan, _ order: OrderInForce) async throws {
        try await database.write { [audit] transaction in
            let left = try SecurityKeyStore.unlockTriesLeft(plan.medium, model: plan.model, in: transaction)
            try SecurityKeyStore.setUnlockTriesLeft(left - 1, plan.medium, in: transaction)
            try audit.record(
                AuditEvent(
                    act: PersonalisationAct.secretReleased, actor: order.actor, subject: plan.medium.hex,
                    facts: ["secret": "unlock", "plan": .string(plan.id.shown)]), in: transaction)
        }
    }

    private func setUnlockTries(_ left: Int, _ medium: MediumNumber) async throws {
        try await database.write { try SecurityKeyStore.setUnlockTriesLeft(left, medium, in: $0) }
    }

    /// The request must be signed by the key that the security key made, and ask for no other.
    private func check(_ request: [UInt8], _ action: MediumAction) throws {
        guard case .request(_, _, let publicKey, _) = action else { return }
        let parsed: CertificateRequest
        do { parsed = try CertificateRequest(der: request) } catch {
            throw Refusal(PersonalisationRefusal.badRequest, detail: error.detail)
        }
        guard parsed.publicKey.spki == publicKey else { throw Refusal(PersonalisationRefusal.swappedKey) }
        guard parsed.signatureIsValid() else { throw Refusal(PersonalisationRefusal.badRequest, detail: "signature") }
    }

    private func isProof(_ proof: [UInt8], _ action: MediumAction) -> Bool {
        guard case .prove(_, _, let plan, let step, let der) = action, let certificate = try? Certificate(der: der),
            let family = certificate.publicKey.family
        else { return false }
        let message = TaggedMessage.proof(plan: plan, step: step, certificate: der, family: family)
        return certificate.publicKey.verifies(proof, over: message)
    }
}

extension KeyPlan {
    /// Under which the authority knows a member's certificate.
    func reference(of member: PlanMember) -> String {
        "\(id.shown)/\(member.purpose.rawValue)/\(member.attempt)"
    }
}

extension MediumAction {
    var presentsUnlockSecret: Bool {
        switch self {
        case .setUnlockSecret, .setPIN, .voidPIN: true
        default: false
        }
    }
}
