internal import AgentProtocol
internal import Audit
internal import Cryptography
internal import Groundwork
internal import SecurityKeys
internal import Storage

extension Personaliser {
    /// Does one thing that the plan asks for.
    func carryOut(
        _ action: PlanAction, of plan: KeyPlan, on medium: any KeyMedium, lender: any SecretLender
    ) async throws -> PlanEvent {
        switch action {
        case .medium(let action): return try await perform(action, of: plan, on: medium, lender: lender)
        case .commit(let reference):
            try await escrow.refresh()
            try await database.write { [escrow] in
                try escrow.commitPending(reference, medium: plan.medium, in: $0)
            }
            return .committed
        case .confirm(let reference):
            try await database.write { [escrow, audit] transaction in
                try escrow.confirm(reference, medium: plan.medium, in: transaction)
                try audit.record(
                    AuditEvent(
                        act: PersonalisationAct.secretConfirmed, actor: .system, subject: plan.medium.hex,
                        facts: ["secret": .string(reference.description), "plan": .string(plan.id.shown)]),
                    in: transaction)
            }
            return .confirmed
        case .announce(let purpose):
            try await announce(purpose, plan.medium)
            return .announced
        case .certify(let index): return try await certify(index, of: plan)
        case .activate(let members): return try await activate(members, of: plan)
        case .revoke: return try await revokeIssued(of: plan)
        case .end, .stop: return .resume
        }
    }

    private func perform(
        _ action: MediumAction, of plan: KeyPlan, on medium: any KeyMedium, lender: any SecretLender
    ) async throws -> PlanEvent {
        let presents = action.presentsUnlockSecret
        if presents { try await countUnlockTry(plan) }
        let event: MediumEvent
        do throws(MediumFailure) { event = try await medium.perform(action, lender: lender) } catch {
            throw error.refusal
        }
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
    private func countUnlockTry(_ plan: KeyPlan) async throws {
        try await database.write { [audit] transaction in
            let left = try SecurityKeyStore.unlockTriesLeft(plan.medium, model: plan.model, in: transaction)
            try SecurityKeyStore.setUnlockTriesLeft(left - 1, plan.medium, in: transaction)
            try audit.record(
                AuditEvent(
                    act: PersonalisationAct.secretReleased, actor: .system, subject: plan.medium.hex,
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

    private func certify(_ index: Int, of plan: KeyPlan) async throws -> PlanEvent {
        let member = plan.members[index]
        guard let request = member.request, let publicKey = member.publicKey, let holder = plan.holder else {
            throw Refusal(PersonalisationRefusal.holderMissing, detail: "\(plan.id)")
        }
        let origin = try roots.origin(of: publicKey, attestation: member.attestation, model: plan.model)
        let stock = try await database.read { try SecurityKeyStore.required(plan.medium, in: $0).stock }
        let wish = CertificateWish(
            reference: plan.reference(of: member), profile: member.profile, purpose: member.purpose, holder: holder,
            request: request, medium: plan.medium, place: member.place, model: plan.model.name, stock: stock,
            origin: origin)
        let certificate = try await authority.certify(wish)
        try await observer("\(plan.kind.rawValue)/\(plan.stepName)/issued")
        guard certificate.publicKey.spki == publicKey else {
            throw Refusal(PersonalisationRefusal.otherCertificate)
        }
        let record = KeyCertificate(
            purpose: member.purpose, family: plan.family, place: member.place, certificate: certificate.der,
            origin: origin, state: .issued)
        let now = surroundings.now()
        try await database.write { [audit] transaction in
            try KeyCertificateStore.record(
                record, medium: plan.medium, plan: plan.id, attempt: member.attempt, at: now, in: transaction)
            try audit.record(
                AuditEvent(
                    act: PersonalisationAct.certified, actor: .system, subject: plan.medium.hex,
                    facts: [
                        "serial": .string(certificate.serialNumber.hex), "place": .string(member.place.rawValue),
                        "purpose": .string(member.purpose.rawValue), "origin": .string(origin.text),
                        "plan": .string(plan.id.shown),
                    ]), in: transaction)
        }
        return .certified(certificate.der)
    }

    /// Activates at the authority, then revokes what is replaced, then records: each may be done again.
    private func activate(_ members: [Int], of plan: KeyPlan) async throws -> PlanEvent {
        var new: [Int: Certificate] = [:]
        var old: [Certificate] = []
        for index in members {
            guard let der = plan.members[index].certificate else { return .certificatesEnded([index]) }
            new[index] = try Certificate(der: der)
            if let replaced = plan.members[index].replaces { old.append(try Certificate(der: replaced.certificate)) }
        }
        let ended = Set(try await authority.activate(Array(new.values)))
        if !ended.isEmpty {
            // A set is active whole or not at all: what became active beside an ended one is revoked with it.
            let lost = new.filter { !ended.contains($0.value) }.map(\.value)
            try await authority.revoke(lost, because: .neverActivated)
            let all = new.values.map(\.der)
            try await database.write { transaction in
                for der in all { try KeyCertificateStore.setState(.ended, of: der, in: transaction) }
            }
            return .certificatesEnded(members)
        }
        try await observer("\(plan.kind.rawValue)/\(plan.stepName)/activated")
        try await authority.revoke(old, because: .superseded)
        let (active, superseded) = (new.values.map(\.der), old.map(\.der))
        try await database.write { transaction in
            for der in active { try KeyCertificateStore.setState(.active, of: der, in: transaction) }
            for der in superseded { try KeyCertificateStore.setState(.ended, of: der, in: transaction) }
        }
        return .activated
    }

    private func revokeIssued(of plan: KeyPlan) async throws -> PlanEvent {
        let recorded = try await database.read { try KeyCertificateStore.waiting(plan: plan.id, in: $0) }
        var certificates: [Certificate] = []
        for one in recorded { certificates.append(try Certificate(der: one.certificate)) }
        for member in plan.members where member.request != nil {
            // One that the authority issued, and that we were not told of.
            if let unrecorded = try await authority.certificate(under: plan.reference(of: member)),
                !certificates.contains(unrecorded)
            {
                certificates.append(unrecorded)
            }
        }
        try await authority.revoke(certificates, because: .neverActivated)
        try await database.write { transaction in
            for one in recorded { try KeyCertificateStore.setState(.ended, of: one.certificate, in: transaction) }
        }
        return .revoked
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
