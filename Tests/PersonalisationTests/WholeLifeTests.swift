import AgentProtocol
import CardAgent
import Cryptography
import Groundwork
import PIV
@testable import Personalisation
import SecurityKeys
import Testing
import VirtualKey

@Suite struct WholeLifeTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func stockInEnrolRenewBothWaysUnlock(family: AlgorithmFamily) async throws {
        let desk = try await TestDesk()
        let transport = VirtualCardTransport(desk.card(pool: .shared))
        let name = try await desk.stockIn(transport)
        let invariants = Invariants(desk: desk, transport: transport, name: name)
        #expect(transport.state.pin.value != VirtualCardState.factoryPIN)
        #expect(transport.state.puk.value != VirtualCardState.factoryPUK)
        let personaliser = desk.personaliser
        let enrol = try await personaliser.beginEnrolment(
            of: name, for: TestDesk.holder, family: family, order: TestDesk.order)
        #expect(try await personaliser.run(enrol, on: desk.medium(transport)).outcome == .finished)
        try await invariants.hold(active: 2)
        let staged = try await personaliser.beginRenewal(of: name, for: TestDesk.holder, order: TestDesk.order)
        #expect(staged.kind == .renewStaged)
        try await personaliser.run(staged, on: desk.medium(transport))
        try await invariants.hold(active: 2)
        let inPlace = try await personaliser.beginRenewal(
            of: name, for: TestDesk.holder, staged: false, order: TestDesk.order)
        #expect(inPlace.kind == .renewInPlace)
        try await personaliser.run(inPlace, on: desk.medium(transport))
        try await invariants.hold(active: 2)
        desk.pins.type("864207")
        let unlock = try await personaliser.beginUnlock(of: name, order: TestDesk.order)
        try await personaliser.run(unlock, on: desk.medium(transport))
        try await invariants.hold(active: 2)
        #expect(desk.authority.all.count == 6)
    }
}
