import AgentProtocol
import Audit
import CardAgent
import CertificateProfiles
import CertificateRecords
import CreditCodes
import Cryptography
import Groundwork
import LegalEntities
import Officers
import PIV
@testable import Personalisation
import SecurityKeys
import Storage
import Testing
import VirtualKey

/// A key with a desk around it, and ways to spoil both.
private struct Scene {
    let desk: TestDesk
    var card: VirtualCardTransport
    let name: MediumNumber

    init(_ options: VirtualCardOptions = VirtualCardOptions(), enrolled: Bool = true) async throws {
        desk = try await TestDesk()
        card = VirtualCardTransport(desk.card(options, pool: .shared))
        name = try await desk.stockIn(card)
        if enrolled { try await desk.enrol(name, .p256, card) }
    }

    /// The same card with something changed on it.
    mutating func change(_ body: (inout VirtualCardState) -> Void) {
        var state = card.state
        body(&state)
        card = VirtualCardTransport(desk.card(from: state, pool: .shared))
    }

    /// Begins and dies after the named step was decided.
    func cut(_ intent: KeyIntent, at step: String) async throws {
        let plan = try await desk.begin(intent, card)
        let mortal = Personaliser(
            database: desk.database, vault: desk.vault, authority: desk.authority, registry: desk.registry,
            models: desk.models, roots: desk.roots, surroundings: TestDesk.surroundings,
            observer: { if $0 == step { throw TestDesk.Killed() } })
        await #expect(throws: TestDesk.Killed.self) { try await mortal.run(plan, on: desk.medium(card)) }
    }

    func renewal(staged: Bool = true) throws -> KeyIntent { try desk.renewal(name, staged: staged) }
    func recover() async throws -> KeyPlan? { try await desk.personaliser.recover(on: desk.medium(card)) }
    func order(_ intent: Personaliser.RecordIntent) async throws {
        try await desk.personaliser.carryOut(intent, on: name, by: desk.officers)
    }
    func status() async throws -> KeyStatus { try await desk.key(name).status }
    func open() async throws -> KeyPlan? { try await desk.personaliser.openPlan(on: name) }
    func hold(active: Int = 2) async throws {
        try await Invariants(desk: desk, transport: card, name: name).hold(active: active)
    }

    /// Refused before anything is begun: no plan, no certificate, nothing on the card.
    func refuses(_ intent: KeyIntent, _ reason: some RefusalReason) async throws {
        let (before, issued) = (card.state, desk.authority.all.count)
        await #expect(throws: Refusal(reason)) { try await desk.begin(intent, card) }
        #expect(try await open() == nil && card.state == before && desk.authority.all.count == issued)
    }
}

/// Each plan × what can be wrong: refused before the plan opens, or it goes on by a command, as
/// `Documentation/key-states.md` says.
@Suite struct WhatCanBeWrongTests {
    @Test func anotherEntitysKeyIsNotRenewedButReissued() async throws {
        let scene = try await Scene()
        let other = try TestRegistry.entity(TestRegistry.otherCode)
        for reason in [KeyIntent.RenewalReason.renewal, .change] {
            try await scene.refuses(
                .renew(scene.name, for: other, because: reason, staged: true), SecurityKeysRefusal.otherHolder)
        }
        let first = scene.desk.authority.all(on: scene.name)
        try await scene.desk.carryOut(.reissue(scene.name, for: other, .p256, lost: scene.name), scene.card)
        #expect(try await scene.desk.key(scene.name).holder == .entity(other))
        let all = scene.desk.authority.all(on: scene.name)
        for old in first {
            #expect(all.first { $0.certificate == old.certificate }?.state == .revoked)
        }
        #expect(all.filter { $0.state == .active }.allSatisfy { $0.requested.holder.entity == other })
        try await scene.hold()
        // The holder before it cannot take it back either.
        try await scene.refuses(scene.renewal(), SecurityKeysRefusal.otherHolder)
    }

    @Test func anOfficersKeyIsNoPlansMatter() async throws {
        let scene = try await Scene()
        try await scene.desk.database.write { [name = scene.name] in
            try SecurityKeyStore.setHolder(.officer, of: name, in: $0)
        }
        let holder = try TestDesk.holder
        try await scene.refuses(scene.renewal(), SecurityKeysRefusal.officersKey)
        try await scene.refuses(.unlock(scene.name), SecurityKeysRefusal.officersKey)
        try await scene.refuses(
            .reissue(scene.name, for: holder, .p256, lost: scene.name), SecurityKeysRefusal.officersKey)
        for intent in [Personaliser.RecordIntent.reportLost, .retire] {
            await #expect(throws: Refusal(SecurityKeysRefusal.officersKey)) { try await scene.order(intent) }
        }
        try await scene.hold()
    }

    @Test func onlyActiveCertificatesAreRenewed() async throws {
        let scene = try await Scene()
        let desk = scene.desk
        desk.authority.set(.suspended, of: scene.name)
        try await scene.refuses(scene.renewal(), SecurityKeysRefusal.certificateSuspended)
        desk.authority.set(.expired, of: scene.name)
        try await scene.refuses(scene.renewal(), SecurityKeysRefusal.certificateExpired)
        desk.authority.set(.active, of: scene.name)
        // One of the two is enough.
        let one = desk.authority.all(on: scene.name).first { $0.requested.purpose == .signature }
        desk.authority.set(.revoked, [try #require(one).certificate.serialNumber])
        try await scene.refuses(scene.renewal(), SecurityKeysRefusal.certificateRevoked)
        // The way out, on the same key.
        try await desk.carryOut(.reissue(scene.name, for: TestDesk.holder, .p256, lost: scene.name), scene.card)
        try await scene.hold()
        try await desk.carryOut(scene.renewal(), scene.card)
        try await scene.hold()
    }

    @Test func whatIsSuspendedOrRevokedMeanwhileIsLookedAtAtEachCertificate() async throws {
        let scene = try await Scene()
        try await scene.cut(scene.renewal(), at: "renew-staged/request.authentication/done")
        scene.desk.authority.set(.suspended, of: scene.name)
        await #expect(throws: Refusal(SecurityKeysRefusal.certificateSuspended)) { try await scene.recover() }
        scene.desk.authority.set(.active, of: scene.name)
        #expect(try await scene.recover()?.outcome == .finished)
        try await scene.cut(scene.renewal(), at: "renew-staged/request.authentication/done")
        scene.desk.authority.set(.revoked, of: scene.name)
        await #expect(throws: Refusal(SecurityKeysRefusal.certificateRevoked)) { try await scene.recover() }
        try await scene.order(.abandon)
        #expect(try await scene.open() == nil)
        #expect(try await scene.status() == .active)
        try await scene.desk.carryOut(.reissue(scene.name, for: TestDesk.holder, .p256, lost: scene.name), scene.card)
        try await scene.hold()
    }

    @Test(arguments: ["enrol/request.authentication/done", "enrol/activate/journalled"])
    func aDeregisteredEntityGetsNothingMore(step: String) async throws {
        let scene = try await Scene(enrolled: false)
        try await scene.cut(.enrol(scene.name, for: TestDesk.holder, .p256), at: step)
        scene.desk.registry.deregister()
        await #expect(throws: Refusal(LegalEntitiesRefusal.notActive)) { try await scene.recover() }
        #expect(scene.desk.authority.all.allSatisfy { $0.state == .issued })
        try await scene.order(.abandon)
        #expect(scene.desk.authority.all.allSatisfy { $0.state == .revoked })
        #expect(try await scene.status() == .stocked)
        #expect(try await scene.desk.key(scene.name).holder == nil)
        try await scene.refuses(.enrol(scene.name, for: TestDesk.holder, .p256), LegalEntitiesRefusal.notActive)
    }

    @Test(arguments: [
        "enrol/request.authentication/done", "enrol/request.signature/done", "enrol/activate/journalled",
    ]) func aNewNameReachesAnOpenPlanOnEveryCertificate(step: String) async throws {
        let scene = try await Scene(enrolled: false)
        try await scene.cut(.enrol(scene.name, for: TestDesk.holder, .p256), at: step)
        scene.desk.registry.rename(to: "上海新名有限公司")
        #expect(try await scene.recover()?.outcome == .finished)
        let active = scene.desk.authority.all.filter { $0.state == .active }
        #expect(active.count == 2 && active.allSatisfy { $0.requested.holder.organization == "上海新名有限公司" })
        try await scene.hold()
    }

    @Test func aNameThatIsTooLongIsRefusedBeforeAndCorrectedOnTheWay() async throws {
        let scene = try await Scene(enrolled: false)
        let enrol = KeyIntent.enrol(scene.name, for: try TestDesk.holder, .p256)
        let long = String(repeating: "长", count: TestAuthority.longestName + 1)
        scene.desk.registry.rename(to: long)
        try await scene.refuses(enrol, CertificateProfilesRefusal.lintFailed)
        scene.desk.registry.rename(to: "上海样例有限公司")
        try await scene.cut(enrol, at: "enrol/request.signature/done")
        scene.desk.registry.rename(to: long)
        await #expect(throws: Refusal(CertificateProfilesRefusal.lintFailed)) { try await scene.recover() }
        scene.desk.registry.rename(to: "上海样例有限公司")
        #expect(try await scene.recover()?.outcome == .finished)
        try await scene.hold()
    }

    @Test func aModelWithoutThePlaceIsRefused() async throws {
        var models = try TestDesk.models()
        let index = try #require(models.models.firstIndex { $0.name == "virtual-key" })
        models.models[index].slots.removeAll { $0.purpose == .signature }
        let desk = try await TestDesk(models: models)
        let card = VirtualCardTransport(desk.card(pool: .shared))
        let name = try await desk.stockIn(card)
        await #expect(throws: Refusal(SecurityKeysRefusal.noSlot)) {
            try await desk.begin(.enrol(name, for: TestDesk.holder, .p256), card)
        }
        #expect(try await desk.personaliser.openPlan(on: name) == nil)
        try await desk.personaliser.carryOut(.retire, on: name, by: desk.officers)
        #expect(try await desk.key(name).status == .retired)
    }

    @Test func aCardWithoutTheAlgorithmIsFoundBeforeAnythingIsChanged() async throws {
        let scene = try await Scene(VirtualCardOptions(lacks: [.sm2]), enrolled: false)
        let before = scene.card.state
        await #expect(throws: Refusal(SecurityKeysRefusal.familyUnsupported)) {
            try await scene.desk.carryOut(.enrol(scene.name, for: TestDesk.holder, .sm2), scene.card)
        }
        #expect(scene.card.state == before)
        #expect(try await scene.open() == nil)
        #expect(try await scene.status() == .stocked)
        try await scene.desk.enrol(scene.name, .p256, scene.card)
        try await scene.hold()
    }

    @Test func aBlockedPINIsUnlockedBeforeARenewal() async throws {
        var scene = try await Scene()
        scene.change { $0.pin.triesLeft = 0 }
        try await scene.refuses(scene.renewal(), SecurityKeysRefusal.pinBlocked)
        scene.desk.pins.type("864207")
        try await scene.desk.carryOut(.unlock(scene.name), scene.card)
        try await scene.desk.carryOut(scene.renewal(), scene.card)
        try await scene.hold()
    }

    @Test(arguments: [
        (true, "renew-staged/generate.authentication/done"), (true, "renew-staged/read-back.signature/done"),
        (false, "renew-in-place/generate.authentication/done"), (false, "renew-in-place/write.signature/done"),
    ]) func aPINThatBlocksOnTheWayIsUnlockedWithinThePlan(staged: Bool, step: String) async throws {
        var scene = try await Scene()
        try await scene.cut(scene.renewal(staged: staged), at: step)
        scene.change { $0.pin.triesLeft = 0 }
        await #expect(throws: Refusal(SecurityKeysRefusal.pinBlocked)) { try await scene.recover() }
        #expect(try await scene.status() == .pinLocked)
        scene.desk.pins.type("864207")
        let asked = scene.desk.pins.asked
        let plan = try await scene.desk.carryOut(.unlock(scene.name), scene.card)
        #expect(plan.outcome == .finished && plan.kind == (staged ? .renewStaged : .renewInPlace))
        #expect(scene.desk.pins.asked.current == asked.current, "the forgotten PIN was asked for")
        #expect(try await scene.status() == .active)
        try await scene.hold()
    }

    @Test func aBlockedUnlockSecretIsRefusedAndTheKeyReissued() async throws {
        var scene = try await Scene()
        scene.change { $0.puk.triesLeft = 0 }
        try await scene.refuses(.unlock(scene.name), SecurityKeysRefusal.unlockBlocked)
        try await scene.refuses(
            .reissue(scene.name, for: TestDesk.holder, .p256, lost: scene.name), SecurityKeysRefusal.unlockBlocked)
        let other = VirtualCardTransport(scene.desk.card(VirtualCardOptions(serial: 2), pool: .shared))
        let second = try await scene.desk.stockIn(other)
        try await scene.desk.carryOut(.reissue(second, for: TestDesk.holder, .p256, lost: scene.name), other)
        #expect(scene.desk.authority.all(on: scene.name).allSatisfy { $0.state == .revoked })
        #expect(try await scene.status() == .lost)
        try await Invariants(desk: scene.desk, transport: other, name: second).hold(active: 2)
        try await scene.order(.retire)
        #expect(try await scene.status() == .retired)
    }

    @Test func aPlanThatCanOnlyGoForwardIsGivenUpByOrder() async throws {
        let scene = try await Scene()
        try await scene.cut(scene.renewal(staged: false), at: "renew-in-place/generate.authentication/done")
        try await scene.order(.abandon)
        #expect(scene.desk.authority.all.allSatisfy { $0.state == .revoked })
        #expect(try await scene.status() == .stocked)
        #expect(try await scene.open() == nil)
        try await scene.desk.enrol(scene.name, .p256, scene.card)
        try await scene.hold()
    }

    @Test func aKeyThatIsLostInTheMiddleWaitsOrEnds() async throws {
        let scene = try await Scene()
        try await scene.cut(scene.renewal(), at: "renew-staged/prove.signature/done")
        try await scene.order(.reportLost)
        await #expect(throws: Refusal(SecurityKeysRefusal.wrongStatus)) { try await scene.recover() }
        try await scene.order(.reportFound)
        #expect(try await scene.recover()?.outcome == .finished)
        try await scene.hold()
        try await scene.cut(scene.renewal(), at: "renew-staged/prove.signature/done")
        try await scene.order(.retire)
        #expect(try await scene.open() == nil)
        #expect(scene.desk.authority.all.allSatisfy { $0.state == .revoked })
    }

    @Test func theOfficerWhoOrderedIsAnswerableAlsoWhenGone() async throws {
        let scene = try await Scene(enrolled: false)
        let desk = scene.desk
        try await scene.cut(.enrol(scene.name, for: TestDesk.holder, .p256), at: "enrol/request.authentication/done")
        // The officer is suspended: nothing new is ordered, what was begun goes on.
        try await desk.database.write { [officer = desk.officers.officers[0]] transaction in
            try transaction.execute(
                "UPDATE officer SET status = 'suspended' WHERE id = $1", officer.identifier.bytes)
        }
        await #expect(throws: Refusal(OfficersRefusal.officerSuspended)) { try await scene.order(.abandon) }
        #expect(try await scene.recover()?.outcome == .finished)
        let name = AuditActor.officer(desk.officers.officers[0].identifier.shown)
        #expect(desk.authority.all.allSatisfy { $0.requested.actor == name && $0.requested.order != nil })
    }

    @Test func aStockInThatWasCutBeforeTheNameGoesOnWithTheNextBlankKeyOrIsGivenUp() async throws {
        let desk = try await TestDesk()
        let card = VirtualCardTransport(desk.card(pool: .shared))
        let (first, second) = (MediumNumber.random(in: .real), MediumNumber.random(in: .real))
        _ = try await desk.begin(.stockIn(first, .unstated), card)
        #expect(try await desk.personaliser.openPlans().map(\.medium) == [first])
        // A blank key with another serial number is another key.
        let other = VirtualCardTransport(desk.card(VirtualCardOptions(serial: 9), pool: .shared))
        #expect(try await desk.personaliser.recover(on: desk.medium(other)) == nil)
        #expect(try await desk.personaliser.recover(on: desk.medium(card))?.medium == first)
        #expect(try await desk.key(first).status == .stocked)
        _ = try await desk.begin(.stockIn(second, .unstated), other)
        try await desk.personaliser.carryOut(.abandon, on: second, by: desk.officers)
        #expect(try await desk.key(second).status == .retired)
        #expect(try await desk.personaliser.openPlans().isEmpty)
    }
}

/// An order is for exactly what is done.
@Suite struct OrderBindingTests {
    @Test func everyParameterOfTheOrderIsChecked() async throws {
        let desk = try await TestDesk()
        let card = VirtualCardTransport(desk.card(pool: .shared))
        let name = try await desk.stockIn(card)
        let facts = try await desk.personaliser.identify(desk.medium(card))
        let holder = try TestDesk.holder
        let enrol = KeyIntent.enrol(name, for: holder, .p256)
        let right = try await desk.personaliser.order(for: enrol, facts)
        func begin(_ order: KeyOrder) async throws {
            _ = try await desk.personaliser.begin(enrol, facts, order: desk.officers.authorise(order))
        }
        for (member, value) in [
            ("entity", CanonicalJSON.string(TestRegistry.otherCode)), ("name", "另一名称"), ("family", "sm2"),
            ("profiles", ["authentication": "entity-authentication"]),
        ] {
            var bent = right.parameters
            bent[member] = value
            let order = KeyOrder([.enrolKey], on: name, bent)
            await #expect(throws: Refusal(OfficersRefusal.wrongParameters), "\(member)") { try await begin(order) }
        }
        let elsewhere = KeyOrder([.enrolKey], on: MediumNumber.random(in: .real), right.parameters)
        await #expect(throws: Refusal(OfficersRefusal.wrongSubject)) { try await begin(elsewhere) }
        let otherAct = try await desk.personaliser.order(to: .retire, name)
        await #expect(throws: Refusal(OfficersRefusal.wrongAct)) { try await begin(otherAct) }
        try await begin(right)
    }

    /// What officers signed for a renewal names the certificates that it replaces: those of then.
    @Test func anOrderIsGoodForTheCertificatesThatItNames() async throws {
        let desk = try await TestDesk()
        let card = VirtualCardTransport(desk.card(pool: .shared))
        let name = try await desk.stockIn(card)
        try await desk.enrol(name, .p256, card)
        let facts = try await desk.personaliser.identify(desk.medium(card))
        let renewal = try desk.renewal(name)
        let early = try await desk.officers.authorise(desk.personaliser.order(for: renewal, facts))
        try await desk.carryOut(renewal, card)
        await #expect(throws: Refusal(OfficersRefusal.wrongParameters)) {
            try await desk.personaliser.begin(renewal, facts, order: early)
        }
    }
}
