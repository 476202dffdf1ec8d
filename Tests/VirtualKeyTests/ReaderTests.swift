import Cryptography
import Foundation
import Groundwork
import PCSC
import PIV
import Testing
import VirtualKey

/// The whole way: PIVCard, libpcsclite, pcscd, vpcd, and the program `virtual-key`.
@Suite struct ReaderTests {
    @Test func theReadersAreListedWithWhatIsInThem() async throws {
        try await withInsertedKey { key, readers in
            let states = try await readers.list()
            #expect(states.count == 16)
            let mine = try #require(states.first { $0.name == key.reader.name })
            #expect(mine.hasCard)
            #expect(mine.answerToReset == VirtualCard.answerToReset)
        }
    }

    @Test(arguments: AlgorithmFamily.allCases) func aKeyIsMadeAndUsed(family: AlgorithmFamily) async throws {
        try await withInsertedKey { key, readers in
            let card = PIVCard(try await readers.connect(to: key.reader.name))
            try await card.select()
            try await card.authenticateManagement(factoryKey())
            let algorithm = try #require(
                PIVAlgorithm(family, extensions: try await card.algorithmExtensions()))
            let made = try await card.generateKey(in: .signature, algorithm: algorithm, pinPolicy: .always)
            let attestation = try Certificate(der: try await card.attest(.signature))
            #expect(attestation.publicKey == made)
            try await card.putCertificate([UInt8](repeating: 0x5A, count: 2_500), in: .signature)
            #expect(try await card.certificate(in: .signature)?.count == 2_500)
            try await card.verifyPIN(secret("123456"))
            let message = Array("over the wire".utf8)
            let signature = try await card.sign(
                message, in: .signature, algorithm: algorithm, publicKey: made)
            #expect(made.verifies(signature, over: message))
            await card.close()
            await #expect(throws: CardError.sessionEnded) { try await card.select() }
        }
    }

    @Test func theSessionIsExclusiveAndEndsInAReset() async throws {
        try await withInsertedKey { key, readers in
            let first = PIVCard(try await readers.connect(to: key.reader.name))
            try await first.select()
            try await first.verifyPIN(secret("123456"))
            await #expect(throws: CardError.cardInUse) {
                try await readers.connect(to: key.reader.name, within: .milliseconds(200))
            }
            await first.close()
            let second = PIVCard(try await readers.connect(to: key.reader.name, within: .seconds(60)))
            try await second.select()
            #expect(try await second.isPINVerified() == false)
            try await second.verifyPIN(secret("123456"))
            try await second.restart()
            #expect(try await second.isPINVerified() == false)
            await second.close()
        }
    }

    @Test func theCardInItsFileIsTheSameAfterItWasPulledOut() async throws {
        try await PrivateReaders.shared.withReader { reader in
            try await withFolder { folder in
                let readers = PCSCReaders(surroundings: .real)
                let name = try #require(CardHolderIdentifier(guid: (1...16).map(UInt8.init)))
                for round in 0..<2 {
                    let key = try InsertedKey(in: reader, folder: folder)
                    _ = try await readers.waitForCard(in: reader.name, within: .seconds(60))
                    let card = PIVCard(try await readers.connect(to: reader.name))
                    try await card.select()
                    if round == 0 {
                        try await card.authenticateManagement(factoryKey())
                        try await card.setCardHolderIdentifier(name)
                    }
                    #expect(try await card.cardHolderIdentifier() == name)
                    key.pull()
                    #expect(key.status == 0)
                    await #expect(throws: CardError.cardRemoved) { try await card.select() }
                    try await readers.waitForRemoval(from: reader.name, within: .seconds(60))
                    await card.close()
                }
            }
        }
    }

    @Test(arguments: [("--vanish-before", 3), ("--vanish-after", 2)])
    func aKeyThatWasToldToVanishIsGone(option: String, triesLeft: Int) async throws {
        try await PrivateReaders.shared.withReader { reader in
            try await withFolder { folder in
                let readers = PCSCReaders(surroundings: .real)
                var key = try InsertedKey(in: reader, folder: folder, [option, "2"])
                _ = try await readers.waitForCard(in: reader.name, within: .seconds(60))
                let card = PIVCard(try await readers.connect(to: reader.name))
                try await card.select()
                await #expect(throws: CardError.cardRemoved) { try await card.verifyPIN(secret("000000")) }
                await card.close()
                key.waitUntilExit()
                try await readers.waitForRemoval(from: reader.name, within: .seconds(60))
                key = try InsertedKey(in: reader, folder: folder)
                _ = try await readers.waitForCard(in: reader.name, within: .seconds(60))
                let again = PIVCard(try await readers.connect(to: reader.name))
                try await again.select()
                #expect(try await again.pinTriesLeft() == triesLeft)
                await again.close()
                key.pull()
                try await readers.waitForRemoval(from: reader.name, within: .seconds(60))
            }
        }
    }

    @Test func aSilentCardIsGivenUpAfterItsTime() async throws {
        try await withInsertedKey(["--misbehaving", "silent"]) { key, readers in
            let transport = try await readers.connect(to: key.reader.name)
            // It still answers this one, at its leisure.
            try await PIVCard(transport).select()
            let card = PIVCard(transport, limits: CardLimits(answer: .seconds(2), keyGeneration: .seconds(2)))
            await #expect(throws: CardError.timedOut) { try await card.version() }
            await #expect(throws: CardError.sessionEnded) { try await card.version() }
        }
    }

    @Test(arguments: ["garbage", "wrong-lengths"]) func aBrokenCardIsNotBelieved(how: String) async throws {
        try await withInsertedKey(["--misbehaving", how]) { key, readers in
            let card = PIVCard(try await readers.connect(to: key.reader.name))
            try await card.select()
            await #expect(throws: CardError.self) { try await card.authenticateManagement(factoryKey()) }
            await card.close()
        }
    }

    @Test func waitingHasAnEnd() async throws {
        try await PrivateReaders.shared.withReader { reader in
            let readers = PCSCReaders(surroundings: .real)
            await #expect(throws: CardError.noCard) {
                try await readers.waitForCard(in: reader.name, within: .milliseconds(50))
            }
            await #expect(throws: CardError.noCard) { try await readers.connect(to: reader.name) }
            await #expect(throws: CardError.readerUnavailable(name: "none")) {
                try await readers.connect(to: "none")
            }
            await #expect(throws: CardError.readerUnavailable(name: "none")) {
                try await readers.waitForCard(in: "none", within: .milliseconds(50))
            }
        }
    }
}
