import Groundwork
import Testing

@testable import PIV

/// What cards may say between the lines, and what they may not.
@Suite struct ChannelTests {
    @Test func moreDataIsFetched() async throws {
        let transport = ScriptedTransport(["53046102", "0102" + "6101", "039000"])
        let answer = try await CardChannel(transport: transport).exchange(
            CommandAPDU(0xCB, 0x3F, 0xFF, data: [0x5C], expecting: 256), within: .seconds(1))
        #expect(answer.data == [0x53, 0x04, 0x01, 0x02, 0x03])
        #expect(transport.commands == ["00cb3fff015c00", "00c0000002", "00c0000001"])
    }

    @Test func aWrongExpectedLengthIsCorrectedOnce() async throws {
        let transport = ScriptedTransport(["6c03", "0504039000"])
        let answer = try await CardChannel(transport: transport).exchange(
            CommandAPDU(0xFD, 0, 0, expecting: 256), within: .seconds(1))
        #expect(answer.data == [5, 4, 3])
        #expect(transport.commands == ["00fd000000", "00fd000003"])
        let stubborn = ScriptedTransport(["6c03"])
        let refused = try await CardChannel(transport: stubborn).exchange(
            CommandAPDU(0xFD, 0, 0, expecting: 256), within: .seconds(1))
        #expect(refused.status.rawValue == 0x6C03 && stubborn.commands.count == 2)
    }

    @Test(arguments: ["6100", "006100"]) func anAnswerWithoutEndIsRefused(always: String) async throws {
        let transport = ScriptedTransport([always])
        await #expect {
            try await CardChannel(transport: transport).exchange(
                CommandAPDU(0xCB, 0, 0, expecting: 256), within: .seconds(1))
        } throws: { error in
            if case CardError.malformedAnswer = error { true } else { false }
        }
        #expect(transport.commands.count < 600)
    }

    @Test func aChainStopsWhereTheCardRefusesIt() async throws {
        let transport = ScriptedTransport(["9000", "6a84"])
        let answer = try await CardChannel(transport: transport).exchange(
            CommandAPDU(0xDB, 0x3F, 0xFF, data: [UInt8](repeating: 1, count: 700)), within: .seconds(1))
        #expect(answer.status == .notEnoughMemory)
        #expect(transport.commands.count == 2)
        #expect(transport.commands.allSatisfy { $0.hasPrefix("10db3fffff") })
    }

    @Test(arguments: ["", "90", "1234", "ffffffff"]) func garbageIsNoAnswer(answer: String) async throws {
        let card = PIVCard(ScriptedTransport([answer]))
        await #expect {
            try await card.select()
        } throws: { error in
            if case CardError.malformedAnswer = error { true } else { false }
        }
    }

    @Test func aCardWithoutTheApplicationIsNoPIVCard() async throws {
        await #expect(throws: CardError.notPIV) { try await PIVCard(ScriptedTransport(["6a82"])).select() }
        await #expect(throws: CardError.notPIV) { try await PIVCard(ScriptedTransport(["6d00"])).select() }
    }

    @Test(arguments: ["63c0", "6983"]) func anEmptyCounterHasTwoForms(answer: String) async throws {
        let card = PIVCard(ScriptedTransport(["6d00", answer]))
        #expect(try await card.pinTriesLeft() == 0)
        await #expect(throws: CardError.blocked) {
            try await PIVCard(ScriptedTransport([answer])).verifyPIN(SecretBytes(copying: Array("123456".utf8)))
        }
    }

    /// The false card opens with a witness of its own, takes any proof, and cannot answer the challenge.
    @Test func aFalseCardIsFoundOut() async throws {
        let transport = ScriptedTransport([
            "7c0a80080102030405060708" + "9000", "7c0a82081111111111111111" + "9000",
        ])
        await #expect(throws: CardError.notGenuine) {
            try await PIVCard(transport).authenticateManagement(
                SecretBytes(copying: (1...24).map(UInt8.init)), algorithm: .tripleDES)
        }
    }

    @Test(
        arguments: [
            "9000", "7c009000", "7c0a800801020304050607089000", "7c028200" + "9000", "7f4900" + "9000",
            "7f490386010" + "49000",
        ])
    func aMalformedKeyOrSignatureIsRefused(answer: String) async throws {
        await #expect(throws: CardError.self) {
            try await PIVCard(ScriptedTransport([answer])).generateKey(in: .signature, algorithm: .p256)
        }
        await #expect(throws: CardError.self) {
            try await PIVCard(ScriptedTransport([answer])).sign(
                digest: [UInt8](repeating: 0, count: 32), in: .signature, algorithm: .p256)
        }
        await #expect(throws: CardError.self) {
            try await PIVCard(ScriptedTransport([answer])).certificate(in: .signature)
        }
    }

    /// Every command that holds a PIN, a PUK or a key goes the secret way, whole, and nothing of it the other.
    @Test func aPINGoesToTheTransportAsASecretAlone() async throws {
        let transport = KeepingTransport()
        let card = PIVCard(transport)
        let pin = SecretBytes(copying: Array("918273".utf8))
        let other = SecretBytes(copying: Array("45612378".utf8))
        try await card.verifyPIN(pin)
        try await card.changePIN(from: pin, to: other)
        try await card.changePUK(from: other, to: pin)
        try await card.resetRetryCounter(puk: other, newPIN: pin)
        let block = "393138323733ffff"
        let second = "3435363132333738"
        #expect(
            await transport.secret == [
                "0020008008" + block, "0024008010" + block + second, "0024008110" + second + block,
                "002c008010" + second + block,
            ])
        #expect(await transport.plain.isEmpty)
    }

    private actor KeepingTransport: CardTransport {
        var plain: [[UInt8]] = []
        var secret: [String] = []
        func transmit(_ command: [UInt8], within limit: Duration) async throws(CardError) -> [UInt8] {
            plain.append(command)
            return [0x90, 0x00]
        }
        func transmit(
            secret frame: consuming SecretBytes, within limit: Duration
        ) async throws(CardError) -> [UInt8] {
            secret.append(frame.withBytes { Hex.encode(Array($0)) })
            return [0x90, 0x00]
        }
        func reset() async throws(CardError) {}
        func close() async {}
    }
}
