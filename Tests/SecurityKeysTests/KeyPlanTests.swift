import AgentProtocol
import Cryptography
import Groundwork
import SecurityKeys
import Testing

/// The machine alone: no card, no store.
@Suite struct KeyPlanTests {
    private let medium = MediumNumber(hex: "000102030405060708090a0b0c0d0e0f")

    private func plan(_ kind: KeyPlan.Kind, unlock: PlanSecret) throws -> KeyPlan {
        let model = try #require(try Policies.models()["virtual-key"])
        return KeyPlan(
            id: PlanIdentifier(in: .real), kind: kind, medium: try #require(medium), model: model, family: .p256,
            serial: [0, 0, 0, 1], management: PlanSecret(current: 1, target: 1), unlock: unlock)
    }

    private func facts(tries: Int = 6) throws -> MediumFacts {
        MediumFacts(
            medium: medium, atr: try #require(Hex.decode("3b8b80015649525455414c4556414c")), version: "5.4.3",
            serial: [0, 0, 0, 1], managementAlgorithm: .tripleDES, tries: TriesLeft(pin: tries, unlock: tries))
    }

    /// Brings a plan to its script: identified and authenticated.
    private func open(_ plan: inout KeyPlan, _ event: PlanEvent) throws -> PlanAction {
        #expect(plan.next(event) == .medium(.identify))
        let next = plan.next(.medium(.identified(try facts())))
        guard case .medium(.authenticate) = next else { Issue.record("\(next)"); return next }
        return plan.next(.medium(.authenticated))
    }

    @Test func unlockSetsThePINThenChangesTheSecret() throws {
        var plan = try plan(.unlock, unlock: PlanSecret(current: 1, target: 2))
        let old = SecretReference(.unlock, generation: 1)
        let new = SecretReference(.unlock, generation: 2)
        #expect(try open(&plan, .begin) == .medium(.setPIN(unlock: old)))
        #expect(plan.next(.medium(.pinSet)) == .commit(new))
        #expect(plan.next(.committed) == .medium(.setUnlockSecret(current: old, new: new)))
        #expect(plan.next(.medium(.unlockSecretSet)) == .confirm(new))
        #expect(plan.next(.confirmed) == .medium(.finish))
        #expect(plan.next(.medium(.finished)) == .end(.finished))
        #expect(plan.next(.resume) == .end(.finished))
    }

    @Test func recoveryReadsTheTriesThenTriesPendingThenOld() throws {
        var plan = try plan(.unlock, unlock: PlanSecret(current: 1, target: 2))
        let old = SecretReference(.unlock, generation: 1)
        let new = SecretReference(.unlock, generation: 2)
        _ = try open(&plan, .begin)
        _ = plan.next(.medium(.pinSet))
        _ = plan.next(.committed)
        // The answer to the change was lost.
        #expect(try open(&plan, .resume) == .medium(.readTries))
        #expect(
            plan.next(.medium(.tries(.init(pin: 6, unlock: 6)))) == .medium(.setUnlockSecret(current: new, new: new)))
        #expect(plan.next(.medium(.wrongUnlockSecret(triesLeft: 5))) == .medium(.readTries))
        #expect(
            plan.next(.medium(.tries(.init(pin: 6, unlock: 5)))) == .medium(.setUnlockSecret(current: old, new: new)))
        #expect(plan.next(.medium(.unlockSecretSet)) == .confirm(new))
    }

    @Test(arguments: [2, 1, 0, nil])
    func recoveryStopsWithFewerThanThree(left: Int?) throws {
        var plan = try plan(.unlock, unlock: PlanSecret(current: 1, pending: 2, target: 2))
        #expect(try open(&plan, .resume) == .medium(.readTries))
        #expect(plan.next(.medium(.tries(.init(pin: 6, unlock: left)))) == .stop(.tooFewTries))
    }

    @Test func pendingManagementSecretIsTriedFirst() throws {
        let model = try #require(try Policies.models()["virtual-key"])
        var plan = KeyPlan(
            id: PlanIdentifier(in: .real), kind: .unlock, medium: try #require(medium), model: model, family: .p256,
            serial: [0, 0, 0, 1], management: PlanSecret(current: 1, pending: 2, target: 2),
            unlock: PlanSecret(current: 1, target: 2))
        _ = plan.next(.resume)
        let pending = SecretReference(.management, generation: 2)
        let current = SecretReference(.management, generation: 1)
        #expect(plan.next(.medium(.identified(try facts()))) == .medium(.authenticate(pending, .tripleDES)))
        #expect(plan.next(.medium(.notAuthenticated)) == .medium(.authenticate(current, .tripleDES)))
        #expect(plan.next(.medium(.notAuthenticated)) == .stop(.notProved))
    }

    @Test func anAnswerThatDoesNotFitStopsAndNeverTraps() throws {
        let events: [PlanEvent] = [
            .committed, .confirmed, .announced, .certified([1]), .activated, .certificatesEnded([7]),
            .medium(.probed(false)),
            .medium(.written), .medium(.read(nil)), .medium(.otherKey), .medium(.finished), .medium(.proved([])),
        ]
        for kind in KeyPlan.Kind.allCases {
            for event in events {
                var plan = try plan(kind, unlock: PlanSecret(current: 1, target: 2))
                _ = plan.next(event)
                _ = try? open(&plan, .begin)
                for _ in 0..<4 { _ = plan.next(event) }
            }
        }
    }
}

@Suite struct KeyStatusTests {
    @Test func everyStatusAndTransitionHasAChineseLabelAndAWay() throws {
        for status in KeyStatus.allCases {
            #expect(!status.title.zh.isEmpty)
            // Nothing leads back from a retired key; from every other status something leads out.
            #expect(
                status == .retired || KeyTransition.allCases.contains { $0.table.from.contains(status) }, "\(status)")
        }
        var reached: Set<KeyStatus> = [.blank]
        for transition in KeyTransition.allCases {
            #expect(!transition.title.zh.isEmpty && !transition.table.from.isEmpty)
            reached.insert(transition.table.to)
        }
        #expect(reached == Set(KeyStatus.allCases))
        #expect(throws: Refusal.self) { try KeyTransition.activate.applied(to: .lost) }
        #expect(try KeyTransition.unlock.applied(to: .pinLocked) == .active)
    }

    @Test func refusalsAreUniqueAndInBothLanguages() {
        let all = SecurityKeysRefusal.allCases
        #expect(Set(all.map(\.code)).count == all.count)
        #expect(all.allSatisfy { !$0.message.zh.isEmpty && !$0.nextStep.zh.isEmpty && !$0.message.en.isEmpty })
    }
}
