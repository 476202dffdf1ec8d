internal import AgentProtocol

extension KeyPlan {
    /// Takes what happened and says what to do. Never traps: an event that does not fit the step stops the plan.
    package mutating func next(_ event: PlanEvent) -> PlanAction {
        if let outcome { return .end(outcome) }
        switch event {
        case .begin, .resume:
            resumed = resumed || event == .resume
            phase = .identify
            triesRead = nil
            repetitions = 0
            unlock.uncertain = unlock.sent && !unlock.holdsPending
            if event == .resume { generateAgainIfUnproved() }
        default:
            if let reason = absorb(event) { return .stop(reason) }
        }
        return action()
    }

    private mutating func absorb(_ event: PlanEvent) -> SecurityKeysRefusal? {
        switch (phase, event) {
        case (.identify, .medium(.identified(let facts))): return identify(facts)
        case (.authenticate(let candidate), .medium(.authenticated)):
            management.holdsPending = management.pending != nil && candidate == 0
            phase = .script
            return nil
        case (.authenticate(let candidate), .medium(.notAuthenticated)):
            guard candidate + 1 < managementCandidates.count else { return .notProved }
            phase = .authenticate(candidate + 1)
            return nil
        case (.script, _):
            guard let step else { return .unexpectedAnswer }
            return absorb(event, at: step)
        default: return .unexpectedAnswer
        }
    }

    /// What the card may know: the pending management secret if one was committed, then the current one.
    private var managementCandidates: [Int] { (management.pending.map { [$0] } ?? []) + [management.current] }

    private mutating func identify(_ facts: MediumFacts) -> SecurityKeysRefusal? {
        if facts.medium == nil, kind == .stockIn, position == 0, facts.isBlank {
            guard model.recognises(facts) else { return .unknownModel }
            guard facts.serial == serial else { return .stranger }
        } else {
            guard facts.medium == medium else { return .stranger }
            guard facts.serial == serial, model.recognises(facts) else { return .nameTaken }
        }
        phase = .authenticate(0)
        return nil
    }

    private mutating func absorb(_ event: PlanEvent, at step: PlanStep) -> SecurityKeysRefusal? {
        switch (step, event) {
        case (_, .medium(.tries(let tries))): return take(tries, at: step)
        case (.name, .medium(.named)), (.tries, .medium(.triesSet)), (.announce, .announced),
            (.erase, .medium(.erased)):
            advance()
        case (.probe, .medium(.probed(let canMake))):
            guard canMake else { return .familyUnsupported }
            advance()
        case (.finish, .medium(.finished)): outcome = .finished
        case (.management, .committed):
            management.pending = management.target
            management.sent = false
        case (.management, .medium(.managementSecretSet)): management.holdsPending = true
        case (.management, .confirmed):
            management = PlanSecret(current: management.pending ?? management.current, target: management.target)
            advance()
        case (.unlock, .committed):
            unlock.pending = unlock.current + 1
            unlock.sent = false
        case (.unlock, .medium(.unlockSecretSet)): unlock.holdsPending = true
        case (.unlock, .medium(.wrongUnlockSecret)):
            triesRead = nil
            // Pending was tried and refused: so the old one is still there. Otherwise nothing that we know fits.
            guard unlock.uncertain else { return .unlockSecretUnknown }
            unlock.uncertain = false
            unlock.sent = false
        case (.unlock, .confirmed):
            let now = unlock.pending ?? unlock.current
            unlock = PlanSecret(current: now, target: now)
            advance()
        case (.setPIN, .medium(.pinSet)), (.voidPIN, .medium(.pinVoided)): advance()
        case (.setPIN, .medium(.wrongUnlockSecret)), (.voidPIN, .medium(.wrongUnlockSecret)):
            return .unlockSecretUnknown
        default: return absorbKey(event, at: step)
        }
        return nil
    }

    private mutating func absorbKey(_ event: PlanEvent, at step: PlanStep) -> SecurityKeysRefusal? {
        switch (step, event) {
        case (.generate(let index), .medium(.generated(let publicKey, let attestation))):
            members[index].publicKey = publicKey
            members[index].attestation = attestation
            members[index].request = nil
            members[index].certificate = nil
            members[index].proof = nil
            advance()
        case (.request(let index), .medium(.requested(let request))):
            members[index].request = request
            advance()
        case (.request(let index), .medium(.otherKey)):
            // The command that generated was repeated by the interruption: the answer that we kept was not the last.
            // Another key is another request.
            members[index].attempt += 1
            return goBack(to: .generate(index), because: .otherKey)
        case (.certify(let index), .certified(let certificate)):
            guard certificate.count + 16 <= model.objectLimit else { return .certificateTooLarge }
            members[index].certificate = certificate
            advance()
        case (.write, .medium(.written)): advance()
        case (.readBack(let index), .medium(.read(let certificate))):
            guard certificate == members[index].certificate else {
                return goBack(to: .write(index), because: .unexpectedAnswer)
            }
            advance()
        case (.prove(let index), .medium(.proved(let proof))):
            members[index].proof = proof
            advance()
        case (.prove, .medium(.otherKey)): return .otherKey
        case (.activate, .activated): advance()
        case (.activate(let list), .certificatesEnded(let ended)):
            guard let first = ended.filter(list.contains).min() else { return .unexpectedAnswer }
            for index in list where index >= first {
                members[index].certificate = nil
                members[index].proof = nil
                members[index].attempt += 1
            }
            return goBack(to: .request(first), because: .unexpectedAnswer)
        default: return .unexpectedAnswer
        }
        return nil
    }

    /// A key whose origin stayed unproved although its card attests, and that has no certificate yet: another one is
    /// made, for the answer may have been a carrier's.
    private mutating func generateAgainIfUnproved() {
        let index: Int
        switch step {
        case .request(let member), .certify(let member): index = member
        default: return
        }
        guard model.attests, members[index].attestation.isEmpty, members[index].certificate == nil else { return }
        members[index].attempt += 1
        position = script.firstIndex(of: .generate(index)) ?? position
    }

    private mutating func advance() {
        position += 1
        triesRead = nil
        repetitions = 0
    }

    /// Does a step again, yet not for ever: a card that never agrees with itself is refused.
    private mutating func goBack(to step: PlanStep, because reason: SecurityKeysRefusal) -> SecurityKeysRefusal? {
        guard repetitions < 3, let index = script.firstIndex(of: step) else { return reason }
        repetitions += 1
        position = index
        return nil
    }
}
