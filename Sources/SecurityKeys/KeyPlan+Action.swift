internal import AgentProtocol
internal import Groundwork

extension KeyPlan {
    /// What to do now. Notes in the value, which is journalled before the action, what may have reached the card.
    mutating func action() -> PlanAction {
        if let outcome { return .end(outcome) }
        switch phase {
        case .identify: return .medium(.identify)
        case .authenticate(let candidate):
            let candidates = (management.pending.map { [$0] } ?? []) + [management.current]
            guard candidates.indices.contains(candidate) else { return .stop(.notProved) }
            let reference = SecretReference(.management, generation: candidates[candidate])
            return .medium(.authenticate(reference, model.management))
        case .script: break
        }
        if case .management? = step, management.pending == nil, management.current == management.target {
            position += 1
        }
        guard let step else { return .stop(.unexpectedAnswer) }
        return action(at: step)
    }

    private mutating func action(at step: PlanStep) -> PlanAction {
        switch step {
        case .name: return .medium(.writeName(medium))
        case .tries:
            guard let tries = model.stockedTries else { return .stop(.unexpectedAnswer) }
            return afterReadingTries {
                .setTries(pin: tries.pin, unlock: tries.unlock, factoryPIN: $0.model.factory.pin)
            }
        case .probe: return .medium(.probe(family))
        case .management: return managementAction()
        case .unlock: return unlockAction()
        case .voidPIN: return afterReadingTries { .voidPIN(unlock: .init(.unlock, generation: $0.unlock.current)) }
        case .setPIN: return afterReadingTries { .setPIN(unlock: .init(.unlock, generation: $0.unlock.current)) }
        case .announce(let index): return .announce(members[index].purpose)
        case .generate(let index):
            let member = members[index]
            return .medium(
                .generate(purpose: member.purpose, family: family, slot: member.slot, attest: model.attests))
        case .request(let index):
            let member = members[index]
            guard let publicKey = member.publicKey else { return .stop(.unexpectedAnswer) }
            return .medium(
                .request(
                    purpose: member.purpose, slot: member.slot, publicKey: publicKey,
                    subject: holder?.distinguishedName ?? []))
        case .certify(let index): return .certify(member: index)
        case .write(let index):
            guard let certificate = members[index].certificate else { return .stop(.unexpectedAnswer) }
            return .medium(.write(slot: members[index].slot, certificate: certificate))
        case .readBack(let index): return .medium(.readBack(slot: members[index].slot))
        case .prove(let index):
            let member = members[index]
            guard let certificate = member.certificate else { return .stop(.unexpectedAnswer) }
            return .medium(
                .prove(
                    purpose: member.purpose, slot: member.slot, plan: id.bytes, step: UInt32(position),
                    certificate: certificate))
        case .activate(let list): return .activate(members: list)
        case .erase(let index):
            guard let old = members[index].replaces else {
                position += 1
                return action()
            }
            return .medium(.erase(slot: old.slot))
        case .finish: return .medium(.finish)
        }
    }

    private mutating func managementAction() -> PlanAction {
        guard let pending = management.pending else {
            return .commit(SecretReference(.management, generation: management.target))
        }
        let reference = SecretReference(.management, generation: pending)
        if management.holdsPending { return .confirm(reference) }
        management.sent = true
        return .medium(.setManagementSecret(reference, model.management))
    }

    /// Pending, then old; each only while enough tries remain when this is a recovery.
    private mutating func unlockAction() -> PlanAction {
        guard let pending = unlock.pending else {
            return .commit(SecretReference(.unlock, generation: unlock.current + 1))
        }
        let new = SecretReference(.unlock, generation: pending)
        if unlock.holdsPending { return .confirm(new) }
        let uncertain = unlock.uncertain
        let action = afterReadingTries(always: uncertain) { plan in
            let presented = uncertain ? pending : plan.unlock.current
            return .setUnlockSecret(current: SecretReference(.unlock, generation: presented), new: new)
        }
        if case .medium(.setUnlockSecret) = action { unlock.sent = true }
        return action
    }

    /// In a recovery no secret is presented before the tries left were read, and seen to be enough.
    private func afterReadingTries(always: Bool = false, _ make: (KeyPlan) -> MediumAction) -> PlanAction {
        (resumed || always) && triesRead == nil ? .medium(.readTries) : .medium(make(self))
    }

    /// - Returns: why to stop: too few are left, or nobody knows how many.
    mutating func take(_ tries: TriesLeft, at step: PlanStep) -> SecurityKeysRefusal? {
        let left: Int? =
            switch step {
            case .tries: tries.pin
            case .unlock, .setPIN, .voidPIN: tries.unlock
            default: nil
            }
        guard let left, left >= (mayUseLastTries ? 1 : Self.triesKept) else { return .tooFewTries }
        triesRead = tries
        return nil
    }
}
