import Groundwork
import OtherPrograms
import PIV
import Testing
import VirtualKey

/// Cards that are pulled out, broken or hostile.
@Suite struct FaultTests {
    /// What a plan does to a card, in short.
    private func work(_ card: PIVCard) async throws {
        try await card.select()
        try await card.authenticateManagement(factoryKey(), algorithm: .tripleDES)
        _ = try await card.generateKey(in: .signature, algorithm: .p256)
        try await card.putCertificate([UInt8](repeating: 9, count: 600), in: .signature)
        try await card.resetRetryCounter(puk: secret("12345678"), newPIN: secret("654321"))
    }

    @Test func aCardMayVanishBeforeAndAfterEveryCommand() async throws {
        let whole = Bench()
        try await work(whole.card)
        let frames = whole.transport.frames
        #expect(frames >= 8)
        for frame in 1...frames {
            for vanishing in [VirtualCardTransport.Vanishing.before(frame), .after(frame)] {
                let bench = Bench(vanishing: vanishing)
                await #expect(throws: CardError.cardRemoved) { try await work(bench.card) }
                #expect(bench.transport.isInserted == false)
                await #expect(throws: CardError.cardRemoved) { try await bench.card.select() }
                bench.transport.insert()
                try await work(bench.card)
            }
        }
    }

    @Test func whatTheLostAnswerBelongedToWasDone() async throws {
        let bench = Bench(vanishing: .after(2))
        try await bench.card.select()
        await #expect(throws: CardError.cardRemoved) { try await bench.card.verifyPIN(secret("000000")) }
        #expect(bench.transport.state.pin.triesLeft == 2)
        let untouched = Bench(vanishing: .before(2))
        try await untouched.card.select()
        await #expect(throws: CardError.cardRemoved) { try await untouched.card.verifyPIN(secret("000000")) }
        #expect(untouched.transport.state.pin.triesLeft == 3)
    }

    @Test(arguments: VirtualCardOptions.Misbehaviour.allCases)
    func nothingOfABrokenCardIsBelieved(misbehaviour: VirtualCardOptions.Misbehaviour) async throws {
        // Among random answers one in some hundred runs is a lawful "there is nothing", so they are the same each time.
        let card = Bench(VirtualCardOptions(misbehaviour: misbehaviour), randomBytes: Seeded.bytes(1)).card
        try await card.select()
        for _ in 0..<50 {
            await #expect(throws: CardError.self) {
                try await card.authenticateManagement(factoryKey(), algorithm: .tripleDES)
            }
            await #expect(throws: CardError.self) { try await card.generateKey(in: .signature, algorithm: .p256) }
            await #expect(throws: CardError.self) { try await card.certificate(in: .signature) }
            await #expect(throws: CardError.self) {
                try await card.sign(digest: [UInt8](repeating: 0, count: 32), in: .signature, algorithm: .p256)
            }
            await #expect(throws: CardError.self) { try await card.cardHolderIdentifier() }
        }
    }

    @Test func aSilentCardTimesOut() async throws {
        let card = Bench(VirtualCardOptions(misbehaviour: .silent)).card
        try await card.select()
        await #expect(throws: CardError.timedOut) { try await card.verifyPIN(secret("123456")) }
    }

    /// The applet reads bytes from outside too.
    @Test func theAppletSurvivesAnything() {
        var generator = Seeded(2)
        var card = VirtualCard(
            state: VirtualCardState(factoryFresh: VirtualCardOptions()), randomBytes: Surroundings.real.randomBytes)
        let select: [UInt8] = [0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08]
        let instructions: [UInt8] = [
            0x20, 0x24, 0x2C, 0x87, 0x47, 0xCB, 0xDB, 0xC0, 0xF7, 0xF8, 0xF9, 0xFA, 0xFB, 0xFD, 0xFE, 0xFF, 0xEE, 0xA4,
        ]
        for _ in 0..<20_000 {
            _ = card.process(select)
            let length = Int.random(in: 0...40, using: &generator)
            var frame = (0..<length).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
            if frame.count >= 5, Bool.random(using: &generator) {
                frame[0] = Bool.random(using: &generator) ? 0x00 : 0x10
                frame[1] = instructions.randomElement(using: &generator) ?? 0x20
                frame[4] = UInt8(frame.count - 5)
            }
            let answer = card.process(frame)
            #expect((answer?.count ?? 0) >= 2, "\(Hex.encode(frame))")
        }
    }

    @Test func aChainOfAnotherCommandIsForgotten() {
        var card = VirtualCard(
            state: VirtualCardState(factoryFresh: VirtualCardOptions()), randomBytes: Surroundings.real.randomBytes)
        _ = card.process([0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x03, 0x08])
        #expect(card.process([0x10, 0xDB, 0x3F, 0xFF, 0x02, 0x31, 0x32]) == [0x90, 0x00])
        let pin: [UInt8] = [0x00, 0x20, 0x00, 0x80, 0x08] + VirtualCardState.factoryPIN
        #expect(card.process(pin) == [0x90, 0x00])
    }
}
