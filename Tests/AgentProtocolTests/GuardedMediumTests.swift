import Cryptography
import Groundwork
import Synchronization
import Testing

@testable import AgentProtocol

/// What a signed plan does not permit never reaches the card.
@Suite struct GuardedMediumTests {
    private static let name = MediumNumber.random(in: .real)
    private static let plan = [UInt8](repeating: 7, count: 16)

    private func order(_ operations: Set<MediumOperation>) -> PlanOrder {
        let now = Surroundings.real.now()
        return PlanOrder(
            serviceKey: "00", plan: Self.plan, purpose: "renew", medium: Self.name, caseFile: "", origin: "",
            slots: [KeySlot("82"): .authentication], operations: operations, issuedAt: now,
            expiresAt: now.adding(seconds: 60))
    }

    @Test func passesOnWhatThePlanNames() async throws {
        let card = RecordingMedium()
        let guarded = GuardedMedium(card, order: order([.generate]))
        let action = MediumAction.generate(
            purpose: .authentication, family: .p256, slot: KeySlot("82"), attest: false)
        _ = try await guarded.perform(action, lender: NoSecrets())
        #expect(card.asked == [action])
    }

    @Test(arguments: [
        // another operation, place, purpose, plan and name than the plan's own
        MediumAction.setPIN(unlock: SecretReference(.unlock, generation: 1)),
        .generate(purpose: .authentication, family: .p256, slot: KeySlot("9a"), attest: false),
        .generate(purpose: .signature, family: .p256, slot: KeySlot("82"), attest: false),
        .prove(
            purpose: .authentication, slot: KeySlot("82"), plan: [UInt8](repeating: 8, count: 16), step: 1,
            certificate: []),
        .write(slot: KeySlot("9c"), certificate: []), .erase(slot: KeySlot("9a")),
        .writeName(MediumNumber.random(in: .real)),
    ])
    func keepsEverythingElseFromTheCard(action: MediumAction) async {
        let card = RecordingMedium()
        let guarded = GuardedMedium(card, order: order([.generate, .prove, .write, .erase, .writeName]))
        await #expect(throws: MediumFailure.self) { try await guarded.perform(action, lender: NoSecrets()) }
        #expect(card.asked.isEmpty)
    }

    /// Only what the pinned key signed, for now and from here, opens the way to a card.
    @Test func believesNoPlanThatTheServiceDidNotSign() async throws {
        let (service, other) = (try PrivateKey.generate(.p256), try PrivateKey.generate(.p256))
        var order = order([.identify])
        order.serviceKey = Hex.encode(service.publicKey.keyIdentifier)
        let now = Surroundings.real.now()
        let card = RecordingMedium()
        func guarded(_ plan: SignedPlan, origin: String = "", at moment: Instant = now) throws -> GuardedMedium {
            try GuardedMedium(card, plan: plan, trusting: service.publicKey, origin: origin, at: moment)
        }
        let signed = try await SignedPlan.sign(order, with: SoftwareSigner(service))
        _ = try await guarded(signed).perform(.identify, lender: NoSecrets())
        #expect(card.asked == [.identify])
        let forged = try await SignedPlan.sign(order, with: SoftwareSigner(other))
        #expect(throws: Refusal(AgentProtocolRefusal.untrustedService)) { try guarded(forged) }
        #expect(throws: Refusal(AgentProtocolRefusal.otherOrigin)) {
            try guarded(signed, origin: "https://evil.example")
        }
        #expect(throws: Refusal(AgentProtocolRefusal.planExpired)) {
            try guarded(signed, at: now.adding(seconds: 3_600))
        }
        order.operations = [.identify, .setPIN]
        let altered = SignedPlan(bytes: order.bytes, signature: signed.signature)
        #expect(throws: Refusal(AgentProtocolRefusal.untrustedService)) { try guarded(altered) }
    }

    @Test func stopsAtAnotherKey() async {
        let other = MediumNumber.random(in: .real)
        let card = RecordingMedium(answer: .identified(MediumFacts(medium: other)))
        let guarded = GuardedMedium(card, order: order([.identify]))
        await #expect(throws: MediumFailure.otherMedium) { try await guarded.perform(.identify, lender: NoSecrets()) }
    }
}

/// Remembers what reached it.
private final class RecordingMedium: KeyMedium {
    private let actions = Mutex<[MediumAction]>([])
    private let answer: MediumEvent
    var asked: [MediumAction] { actions.withLock { $0 } }

    init(answer: MediumEvent = .finished) { self.answer = answer }

    func perform(_ action: MediumAction, lender: any SecretLender) async throws(MediumFailure) -> MediumEvent {
        actions.withLock { $0.append(action) }
        return answer
    }
}

private struct NoSecrets: SecretLender {
    func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
        throw Refusal(AgentProtocolRefusal.notPermitted, facts: ["operation": reference.description])
    }
}
