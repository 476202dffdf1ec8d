import AgentProtocol
import CardAgent
import Cryptography
import Groundwork
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

    private func enrol(_ desk: TestDesk, _ name: MediumNumber) async throws -> KeyPlan {
        try await desk.personaliser.beginEnrolment(
            of: name, for: TestDesk.holder, family: .p256, order: TestDesk.order)
    }

    /// Runs until the named step was decided, then dies.
    private func run(_ plan: KeyPlan, _ desk: TestDesk, _ transport: VirtualCardTransport, until step: String)
        async throws
    {
        let medium = desk.medium(transport)
        let mortal = Personaliser(
            database: desk.database, escrow: desk.escrow, authority: desk.authority, models: desk.models,
            roots: desk.roots, surroundings: TestDesk.surroundings,
            observer: { if $0 == step { throw TestDesk.Killed() } })
        await #expect(throws: TestDesk.Killed.self) { try await mortal.run(plan, on: medium) }
    }

    @Test func anEnrolmentGivenUpRollsBack() async throws {
        let (desk, transport, name) = try await stocked()
        try await run(try await enrol(desk, name), desk, transport, until: "enrol/prove.signature/done")
        let ended = try await desk.personaliser.abandon(name)
        #expect(ended.outcome == .rolledBack)
        #expect(desk.authority.all.allSatisfy { $0.state == .revoked })
        let key = try await desk.database.read { try SecurityKeyStore.required(name, in: $0) }
        #expect(key.status == .stocked && key.holder == nil)
        try await desk.personaliser.run(try await enrol(desk, name), on: desk.medium(transport))
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
    }

    @Test func aRenewalInPlaceGoesForwardOnlyOnceAKeyIsGone() async throws {
        let (desk, transport, name) = try await stocked()
        try await desk.personaliser.run(try await enrol(desk, name), on: desk.medium(transport))
        let first = try await desk.personaliser.beginRenewal(
            of: name, for: TestDesk.holder, staged: false, order: TestDesk.order)
        try await run(first, desk, transport, until: "renew-in-place/announce.authentication/journalled")
        #expect(try await desk.personaliser.abandon(name).outcome == .rolledBack)
        let second = try await desk.personaliser.beginRenewal(
            of: name, for: TestDesk.holder, staged: false, order: TestDesk.order)
        try await run(second, desk, transport, until: "renew-in-place/generate.authentication/journalled")
        await #expect(throws: Refusal(SecurityKeysRefusal.cannotRollBack)) {
            try await desk.personaliser.abandon(name)
        }
        #expect(try await desk.personaliser.recover(on: desk.medium(transport))?.outcome == .finished)
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
    }

    @Test func certificatesThatWereNotActivatedInTimeAreRevokedAndAskedForAnew() async throws {
        let (desk, transport, name) = try await stocked()
        try await run(try await enrol(desk, name), desk, transport, until: "enrol/activate/journalled")
        let later = TestDesk.surroundings.now().adding(days: 1)
        #expect(try await desk.personaliser.revokeUnactivated(since: later) == 2)
        #expect(try await desk.personaliser.recover(on: desk.medium(transport))?.outcome == .finished)
        try await Invariants(desk: desk, transport: transport, name: name).hold(active: 2)
        #expect(desk.authority.all.count == 4)
    }

    @Test func aWrongPINStopsWithoutBurningTheRest() async throws {
        let (desk, transport, name) = try await stocked()
        try await run(try await enrol(desk, name), desk, transport, until: "enrol/request.authentication/journalled")
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
        let newer = Escrow(keys: desk.keys.addingMaster(in: TestDesk.surroundings), surroundings: TestDesk.surroundings)
        let personaliser = desk.personaliser(newer)
        let plan = try await personaliser.beginEnrolment(
            of: name, for: TestDesk.holder, family: .sm2, order: TestDesk.order)
        let before = transport.state.managementKey
        try await personaliser.run(plan, on: desk.medium(transport))
        let generations = try await desk.database.read {
            try newer.generations(of: .management, medium: name, in: $0)
        }
        #expect(generations.current == 2 && generations.pending == nil)
        #expect(transport.state.managementKey != before)
    }

    @Test func aLostKeyEndsWithItsCertificates() async throws {
        let (desk, transport, name) = try await stocked()
        try await desk.personaliser.run(try await enrol(desk, name), on: desk.medium(transport))
        try await desk.personaliser.reportLoss(of: name, order: TestDesk.order)
        #expect(desk.authority.all.allSatisfy { $0.state == .revoked })
        await #expect(throws: Refusal(PersonalisationRefusal.noCertificates)) {
            try await desk.personaliser.beginRenewal(of: name, for: TestDesk.holder, order: TestDesk.order)
        }
    }

    @Test func oneOpenPlanForEachKey() async throws {
        let (desk, _, name) = try await stocked()
        _ = try await enrol(desk, name)
        await #expect(throws: Refusal.self) { try await enrol(desk, name) }
    }
}
