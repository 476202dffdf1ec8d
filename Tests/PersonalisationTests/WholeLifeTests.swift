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
        #expect(try await desk.enrol(name, family, transport).outcome == .finished)
        try await invariants.hold(active: 2)
        let staged = try await desk.carryOut(desk.renewal(name), transport)
        #expect(staged.kind == .renewStaged)
        try await invariants.hold(active: 2)
        let inPlace = try await desk.carryOut(desk.renewal(name, staged: false), transport)
        #expect(inPlace.kind == .renewInPlace)
        try await invariants.hold(active: 2)
        desk.pins.type("864207")
        try await desk.carryOut(.unlock(name), transport)
        try await invariants.hold(active: 2)
        #expect(desk.authority.all.count == 6)
    }
}
