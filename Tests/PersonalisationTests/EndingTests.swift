import AgentProtocol
import CardAgent
import CertificateRecords
import CreditCodes
import Cryptography
import Groundwork
import Officers
import PIV
@testable import Personalisation
import SecurityKeys
import Storage
import Testing
import VirtualKey

/// How plans end otherwise: given up, overtaken by a revocation, stopped by a wrong PIN; and keys that are lost.
@Suite struct EndingTests {
    private func stocked() async throws -> (TestDesk, VirtualCardTransport, MediumNumber) {
        let desk = try await TestDesk()
        let transport = VirtualCardTransport(desk.card(pool: .shared))
        return (desk, transport, try await desk.stockIn(transport))
    }

    private func enrol(_ desk: TestDesk, _ name: MediumNumber, _ card: VirtualCardTransport) async throws -> KeyPlan {
        try await desk.begin(.enrol(name, for: TestDesk.holder, .p256), card)
    }

    private func abandon(_ desk: TestDesk, _ name: MediumNumber) async throws -> KeyPlan.Outcome? {
        let plan = try #require(try await desk.personaliser.openPlan(on: name))
        try await desk.personaliser.carryOut(.abandon, on: name, by: desk.officers)
        return try await desk.database.read { try PlanJournal.plan(plan.id, in: $0)?.outcome }
    }

    /// Runs until the named step was decided, then dies.
    private func run(_ plan: KeyPlan, _ desk: TestDesk, _ transport: VirtualCardTransport, until step: String)
        async throws
    {
        let medium = desk.medium(transport)
        let mortal = Personaliser(
            database: desk.database, vault: desk.vault, authority: desk.authority, registry: desk.registry,
            models: desk.models, roots: desk.roots, surroundings: TestDesk.surroundings,
            observer: { if $0 == step { throw TestDesk.Killed() } })
        await #expect(throws: TestDesk.Killed.self) { try await mortal.run(plan, on: medium) }
    }

    @Test func anEnrolmentGivenUpRollsBack() async throws {
        let (desk, transport, name) = try await stocked()
        try await run(try await enrol(desk, name, transport), desk, transport, until: "enrol/prove.signature/done")
        #expect(try await abandon(desk, name) == .rolledBack)
        #expect(desk.authority.all.allSatisfy { $0.state == .revoked })
        let key = try await desk.database.read { try SecurityKeyStore.required(name, in: $0) }
        #expect(key.status == .stocked && key.holder == nil)
        try await desk.personaliser.run(try await enrol(desk, name, transport), on: desk.medium(transport))
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
    }

    /// An older program noted no order: no certificate is made on its plan until officers order it once more.
    @Test(arguments: [false, true])
    func whatStandsUnderNoOrderIsOrderedOnceMoreOrGivenUp(isRenewal: Bool) async throws {
        let (desk, transport, name) = try await stocked()
        if isRenewal { try await desk.enrol(name, .p256, transport) }
        let intent = try isRenewal ? desk.renewal(name) : .enrol(name, for: TestDesk.holder, .p256)
        func begunUnrecorded() async throws {
            var plan = try await desk.begin(intent, transport)
            plan.stand(under: .unrecorded)
            let unrecorded = plan
            try await desk.database.write {
                try PlanJournal.write(unrecorded, at: TestDesk.surroundings.now(), in: $0)
            }
            await #expect(throws: Refusal(SecurityKeysRefusal.orderUnrecorded)) {
                try await desk.personaliser.recover(on: desk.medium(transport))
            }
        }
        try await begunUnrecorded()
        #expect(try await abandon(desk, name) == .rolledBack)
        try await begunUnrecorded()
        let order = try await desk.personaliser.orderAnew(for: name)
        #expect(order.act == (isRenewal ? .renewKey : .enrolKey) && order.subject == name.hex)
        let entity = try TestDesk.holder.text
        #expect(order.parameters["entity"] == .string(entity))
        #expect((order.parameters["replaces"]?.array?.count ?? 0) == (isRenewal ? 2 : 0))
        try await desk.personaliser.orderAnew(for: name, order: desk.officers.authorise(order))
        await #expect(throws: Refusal(SecurityKeysRefusal.orderRecorded)) {
            try await desk.personaliser.orderAnew(for: name)
        }
        let finished = try await desk.personaliser.recover(on: desk.medium(transport))
        #expect(finished?.outcome == .finished)
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
    }

    @Test func aRenewalInPlaceGoesForwardOnlyOnceAKeyIsGone() async throws {
        let (desk, transport, name) = try await stocked()
        try await desk.enrol(name, .p256, transport)
        let first = try await desk.begin(desk.renewal(name, staged: false), transport)
        try await run(first, desk, transport, until: "renew-in-place/announce.authentication/journalled")
        #expect(try await abandon(desk, name) == .rolledBack)
        let second = try await desk.begin(desk.renewal(name, staged: false), transport)
        try await run(second, desk, transport, until: "renew-in-place/generate.authentication/journalled")
        #expect(try await desk.personaliser.openPlan(on: name)?.canRollBack == false)
        #expect(try await desk.personaliser.recover(on: desk.medium(transport))?.outcome == .finished)
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
    }

    @Test func certificatesThatWereNotActivatedInTimeAreRevokedAndAskedForAnew() async throws {
        let (desk, transport, name) = try await stocked()
        try await run(try await enrol(desk, name, transport), desk, transport, until: "enrol/activate/journalled")
        desk.authority.set(.revoked, of: name)
        #expect(try await desk.personaliser.recover(on: desk.medium(transport))?.outcome == .finished)
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
        #expect(desk.authority.all.count == 4)
    }

    @Test func aWrongPINStopsWithoutBurningTheRest() async throws {
        let (desk, transport, name) = try await stocked()
        try await run(
            try await enrol(desk, name, transport), desk, transport, until: "enrol/request.authentication/journalled")
        desk.pins.type("999000")
        await #expect(throws: Refusal(AgentProtocolRefusal.wrongPIN)) {
            try await desk.personaliser.recover(on: desk.medium(transport))
        }
        #expect(transport.state.pin.triesLeft == 5)
        desk.pins.type("735219")
        #expect(try await desk.personaliser.recover(on: desk.medium(transport))?.outcome == .finished)
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
    }

    @Test func aNewerMasterIsReachedByTheNextPlan() async throws {
        let (desk, transport, name) = try await stocked()
        let newer = CardSecretVault(
            keys: desk.keys.addingMaster(in: TestDesk.surroundings), surroundings: TestDesk.surroundings)
        let personaliser = desk.personaliser(newer)
        let before = transport.state.managementKey
        try await personaliser.carryOut(
            .enrol(name, for: TestDesk.holder, .sm2), on: desk.medium(transport), by: desk.officers)
        let generations = try await desk.database.read {
            try newer.generations(of: .management, medium: name, in: $0)
        }
        #expect(generations.current == 2 && generations.pending == nil)
        #expect(transport.state.managementKey != before)
    }

    @Test func aLostKeyIsOnHoldUntilItIsFoundOrReissued() async throws {
        let (desk, transport, name) = try await stocked()
        try await desk.enrol(name, .p256, transport)
        try await desk.personaliser.carryOut(.reportLost, on: name, by: desk.officers)
        #expect(desk.authority.all.allSatisfy { $0.state == .suspended })
        #expect(try await desk.key(name).status == .lost)
        await #expect(throws: Refusal(SecurityKeysRefusal.wrongStatus)) {
            try await desk.begin(desk.renewal(name), transport)
        }
        try await desk.personaliser.carryOut(.reportFound, on: name, by: desk.officers)
        #expect(desk.authority.all.allSatisfy { $0.state == .active })
        try await desk.carryOut(desk.renewal(name), transport)
        try await desk.personaliser.carryOut(.retire, on: name, by: desk.officers)
        #expect(desk.authority.all.allSatisfy { $0.state == .revoked })
        #expect(try await desk.key(name).status == .retired)
    }

    @Test func oneOpenPlanForEachKey() async throws {
        let (desk, transport, name) = try await stocked()
        _ = try await enrol(desk, name, transport)
        await #expect(throws: Refusal.self) { try await enrol(desk, name, transport) }
    }
}
