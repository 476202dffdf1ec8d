import Groundwork
import PIV
import Testing
import VirtualKey

/// Data objects: certificates of any size, the card's own name, the limits of cards.
@Suite struct ObjectTests {
    @Test(arguments: [1, 100, 246, 247, 255, 256, 500, 1_900, 3_000], CommandAPDU.LengthCoding.allCases)
    func aCertificateComesBackAsItWasWritten(size: Int, coding: CommandAPDU.LengthCoding) async throws {
        let card = try await Bench(lengthCoding: coding).opened()
        let der = (0..<size).map { UInt8(truncatingIfNeeded: $0 * 31) }
        try await card.putCertificate(der, in: .signature)
        #expect(try await card.certificate(in: .signature) == der)
        try await card.deleteCertificate(in: .signature)
        #expect(try await card.certificate(in: .signature) == nil)
    }

    @Test func aCertificateBeyondTheCardsLimitIsTooLarge() async throws {
        let card = try await Bench(VirtualCardOptions(objectLimit: 3_000)).opened()
        try await card.putCertificate([UInt8](repeating: 1, count: 2_991), in: .signature)
        await #expect(throws: CardError.tooLarge) {
            try await card.putCertificate([UInt8](repeating: 1, count: 2_992), in: .signature)
        }
        #expect(try await card.certificate(in: .signature)?.count == 2_991)
    }

    @Test func theCardKeepsItsName() async throws {
        let card = try await Bench().opened()
        #expect(try await card.cardHolderIdentifier() == nil)
        let name = try #require(CardHolderIdentifier(guid: (0..<16).map(UInt8.init)))
        try await card.setCardHolderIdentifier(name)
        #expect(try await card.cardHolderIdentifier() == name)
        #expect(CardHolderIdentifier(guid: [1, 2, 3]) == nil)
    }

    @Test func writingNeedsTheManagementKey() async throws {
        let card = Bench().card
        try await card.select()
        await #expect(throws: CardError.notAuthenticated) { try await card.putCertificate([1], in: .signature) }
    }

    @Test func serialNumbersMayBeZeroOrLarge() async throws {
        for serial in [0, 1, 0x8000_0001, UInt32.max] {
            let card = Bench(VirtualCardOptions(serial: serial)).card
            try await card.select()
            #expect(try await card.serialNumber() == serial)
            #expect(try await card.version() == FirmwareVersion(5, 4, 3))
        }
    }

    @Test func aCardWithoutAVersionHasNone() async throws {
        let card = Bench(VirtualCardOptions(lacks: [.version])).card
        try await card.select()
        #expect(try await card.version() == nil)
    }

    @Test func itSaysWhatItIs() async throws {
        #expect(String(decoding: VirtualCard.answerToReset, as: UTF8.self).contains("VIRTUALEVAL"))
        let card = Bench().card
        let template = try await card.select()
        #expect(String(decoding: template, as: UTF8.self).contains("not hardware"))
        let printed = try #require(try await card.object(.printedInformation))
        #expect(String(decoding: printed, as: UTF8.self).contains("VIRTUAL EVALUATION KEY"))
    }

    @Test func anotherApplicationIsNotThere() async throws {
        let transport = Bench().transport
        let answer = try await transport.transmit([0x00, 0xA4, 0x04, 0x00, 0x05, 0xA0, 0x00, 0x00, 0x06, 0x47])
        #expect(answer == [0x6A, 0x82])
        // Nothing is answered before the application is selected.
        #expect(try await transport.transmit([0x00, 0xFD, 0x00, 0x00, 0x00]) == [0x6D, 0x00])
    }
}
