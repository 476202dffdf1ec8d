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

/// Cards as they differ: what a card lacks, the plan does without.
@Suite struct CardVarietyTests {
    static let plain = VirtualCardOptions(
        pinTries: 5, unlockTries: 5,
        lacks: [.attest, .setPINRetries, .metadata, .retiredPlaces, .serial, .pinPolicy], objectLimit: 3000,
        version: [1, 0, 0])
    static let aes = VirtualCardOptions(managementAlgorithm: .aes192, serial: 0)

    @Test(arguments: [plain, aes], [AlgorithmFamily.sm2, .p256])
    func wholeLife(options: VirtualCardOptions, family: AlgorithmFamily) async throws {
        let desk = try await TestDesk()
        let transport = VirtualCardTransport(desk.card(options, pool: .shared))
        let name = try await desk.stockIn(transport)
        let invariants = Invariants(desk: desk, transport: transport, name: name)
        try await desk.enrol(name, family, transport)
        try await invariants.hold(active: 2)
        let renewal = try await desk.carryOut(desk.renewal(name), transport)
        #expect(renewal.kind == (options.lacks.contains(.retiredPlaces) ? .renewInPlace : .renewStaged))
        try await invariants.hold(active: 2)
        try await desk.carryOut(.unlock(name), transport)
        try await invariants.hold(active: 2)
        let origins = try await desk.database.read { try KeyCertificateStore.certificates(name, in: $0).map(\.origin) }
        let root = Hex.encode(desk.attestation.root.fingerprint)
        let expected: KeyOrigin = options.lacks.contains(.attest) ? .witnessed : .attested(root: root)
        #expect(origins.allSatisfy { $0 == expected })
    }

    /// Where no counter can be read, the store's own count stands in: cut everywhere, nothing is burnt.
    @Test func countsForItselfWhereACardDoesNotTell() async throws {
        let desk = try await TestDesk()
        let transport = VirtualCardTransport(desk.card(Self.plain, pool: .shared))
        let name = try await desk.stockIn(transport)
        let prepared = transport.state
        let enrol = try await desk.begin(.enrol(name, for: TestDesk.holder, .p256), transport)
        // Cut the exchange of the unlock secret both ways: each costs at most one try, and never the last two.
        let frames = 1...60
        var cuts = 0
        for frame in frames where cuts < 1 {
            let card = VirtualCardTransport(desk.card(from: prepared, pool: .shared), vanishing: .after(frame))
            _ = try? await desk.personaliser.run(enrol, on: desk.medium(card))
            let step = try await desk.personaliser.openPlan(on: name)?.stepName
            if step == "unlock" {
                cuts += 1
                card.insert()
                let ended = try await desk.personaliser.recover(on: desk.medium(card))
                #expect(ended?.outcome == .finished)
                try await Invariants(desk: desk, transport: card, name: name).hold(active: 2)
            }
        }
        #expect(cuts == 1)
    }

    /// Three tries and no way to set more: after one wrong guess it stops, and goes on when an officer answers for it.
    @Test func stopsBeforeTheLastTwoTries() async throws {
        var models = try TestDesk.models()
        let index = try #require(models.models.firstIndex { $0.name == "virtual-key-plain" })
        models.models[index].factoryTries = .init(pin: 3, unlock: 3)
        let desk = try await TestDesk(models: models)
        let options = VirtualCardOptions(lacks: [.attest, .setPINRetries, .retiredPlaces], version: [1, 0, 0])
        let transport = VirtualCardTransport(desk.card(options, pool: .shared))
        let name = try await desk.stockIn(transport)
        let prepared = transport.state
        let enrol = try await desk.begin(.enrol(name, for: TestDesk.holder, .p256), transport)
        var stopped = false
        for frame in 1...60 where !stopped {
            let card = VirtualCardTransport(desk.card(from: prepared, pool: .shared), vanishing: .before(frame))
            _ = try? await desk.personaliser.run(enrol, on: desk.medium(card))
            guard try await desk.personaliser.openPlan(on: name)?.unlock.sent == true else { continue }
            stopped = true
            card.insert()
            await #expect(throws: Refusal(SecurityKeysRefusal.tooFewTries)) {
                try await desk.personaliser.recover(on: desk.medium(card))
            }
            #expect(card.state.puk.triesLeft == 2)
            let order = try await desk.personaliser.orderToAllowLastTries(name)
            try await desk.personaliser.allowLastTries(name, order: desk.officers.authorise(order))
            let ended = try await desk.personaliser.recover(on: desk.medium(card))
            #expect(ended?.outcome == .finished)
            try await Invariants(desk: desk, transport: card, name: name).hold(active: 2)
        }
        #expect(stopped)
    }

    @Test(arguments: VirtualCardOptions.Misbehaviour.allCases)
    func refusesABrokenCard(misbehaviour: VirtualCardOptions.Misbehaviour) async throws {
        let desk = try await TestDesk()
        let transport = VirtualCardTransport(
            desk.card(VirtualCardOptions(misbehaviour: misbehaviour), pool: .shared))
        for _ in 0..<20 {
            await #expect(throws: Refusal.self) { try await desk.stockIn(transport) }
        }
        #expect(transport.state == VirtualCardState(factoryFresh: VirtualCardOptions(misbehaviour: misbehaviour)))
    }
}
