import Groundwork
import PIV
import Testing
import VirtualKey

/// PIN, PUK and management key.
@Suite struct SecretTests {
    @Test(arguments: [3, 5]) func wrongPINsCountDownAndBlock(tries: Int) async throws {
        let card = Bench(VirtualCardOptions(pinTries: tries, unlockTries: tries)).card
        try await card.select()
        #expect(try await card.pinTriesLeft() == tries)
        for left in stride(from: tries - 1, to: 0, by: -1) {
            await #expect(throws: CardError.wrongPIN(triesLeft: left)) { try await card.verifyPIN(secret("000000")) }
            #expect(try await card.pinTriesLeft() == left)
        }
        await #expect(throws: CardError.blocked) { try await card.verifyPIN(secret("000000")) }
        await #expect(throws: CardError.blocked) { try await card.verifyPIN(secret("123456")) }
        #expect(try await card.pinTriesLeft() == 0)
        try await card.resetRetryCounter(puk: secret("12345678"), newPIN: secret("654321"))
        try await card.resetRetryCounter(puk: secret("12345678"), newPIN: secret("654321"))
        #expect(try await card.pinTriesLeft() == tries)
        try await card.verifyPIN(secret("654321"))
        #expect(try await card.isPINVerified())
    }

    @Test func withoutMetadataTheEmptyVerifyTellsTheTries() async throws {
        let card = Bench(VirtualCardOptions(lacks: [.metadata])).card
        try await card.select()
        #expect(try await card.pinTriesLeft() == 3)
        #expect(try await card.pukTriesLeft() == nil)
        try await card.verifyPIN(secret("123456"))
        #expect(try await card.pinTriesLeft() == nil)
        try await card.logOut()
        #expect(try await card.pinTriesLeft() == 3)
    }

    @Test func aCardThatTellsNothingLeavesTheTriesUnknown() async throws {
        let card = Bench(VirtualCardOptions(lacks: [.metadata, .triesQuery])).card
        try await card.select()
        #expect(try await card.pinTriesLeft() == nil)
    }

    @Test func aWrongPUKCountsItsOwnTries() async throws {
        let card = Bench().card
        try await card.select()
        await #expect(throws: CardError.wrongPIN(triesLeft: 2)) {
            try await card.resetRetryCounter(puk: secret("00000000"), newPIN: secret("654321"))
        }
        #expect(try await card.pukTriesLeft() == 2)
        #expect(try await card.pinTriesLeft() == 3)
        try await card.changePUK(from: secret("12345678"), to: secret("87654321"))
        #expect(try await card.pukTriesLeft() == 3)
        try await card.resetRetryCounter(puk: secret("87654321"), newPIN: secret("654321"))
        try await card.changePIN(from: secret("654321"), to: secret("11223344"))
        try await card.verifyPIN(secret("11223344"))
    }

    @Test(arguments: ["12345", "123456789", ""]) func aPINOfAnotherLengthNeverReachesTheCard(pin: String) async throws {
        let bench = Bench()
        try await bench.card.select()
        let before = bench.transport.frames
        await #expect(throws: CardError.badSecretLength) { try await bench.card.verifyPIN(secret(pin)) }
        await #expect(throws: CardError.badSecretLength) {
            try await bench.card.changePIN(from: secret("123456"), to: secret(pin))
        }
        #expect(bench.transport.frames == before)
    }

    @Test(arguments: ManagementAlgorithm.allCases)
    func cardAndHostProveTheManagementKeyToEachOther(algorithm: ManagementAlgorithm) async throws {
        let card = Bench(VirtualCardOptions(managementAlgorithm: algorithm)).card
        try await card.select()
        #expect(try await card.managementAlgorithm() == algorithm)
        #expect(try await card.metadata(of: .management)?.isDefault == true)
        try await card.authenticateManagement(factoryKey(algorithm))
        let key = SecretBytes(copying: (0..<algorithm.keyLength).map { UInt8(truncatingIfNeeded: $0 * 37 + 5) })
        try await card.setManagementKey(key, algorithm: algorithm)
        try await card.restart()
        await #expect(throws: CardError.wrongManagementKey) {
            try await card.authenticateManagement(factoryKey(algorithm))
        }
        try await card.authenticateManagement(key)
        #expect(try await card.metadata(of: .management)?.isDefault == false)
    }

    @Test func aManagementKeyOfAnotherLengthIsRefusedHere() async throws {
        let card = Bench().card
        try await card.select()
        await #expect(throws: CardError.badSecretLength) {
            try await card.authenticateManagement(SecretBytes(copying: [1, 2, 3]))
        }
    }

    @Test func setPINRetriesTakesBothDefaultsAndTheNewCounts() async throws {
        let card = try await Bench().opened()
        await #expect(throws: CardError.notAuthenticated) { try await card.setPINRetries(pin: 5, puk: 4) }
        try await card.changePIN(from: secret("123456"), to: secret("654321"))
        try await card.verifyPIN(secret("654321"))
        try await card.setPINRetries(pin: 5, puk: 4)
        #expect(try await card.pinTriesLeft() == 5)
        #expect(try await card.pukTriesLeft() == 4)
        try await card.verifyPIN(secret("123456"))
    }

    @Test func aCardWithoutSetPINRetriesSaysUnsupported() async throws {
        let card = try await Bench(VirtualCardOptions(lacks: [.setPINRetries])).opened()
        try await card.verifyPIN(secret("123456"))
        await #expect(throws: CardError.unsupported) { try await card.setPINRetries(pin: 5, puk: 5) }
    }

    @Test func resetIsForCardsWithBothBlocked() async throws {
        let bench = Bench()
        let card = try await bench.opened()
        _ = try await card.generateKey(in: .signature, algorithm: .p256)
        await #expect(throws: CardError.notAuthenticated) { try await card.reset() }
        for _ in 0..<3 {
            try? await card.verifyPIN(secret("000000"))
            try? await card.resetRetryCounter(puk: secret("00000000"), newPIN: secret("000000"))
        }
        try await card.reset()
        #expect(bench.transport.state.keys.isEmpty)
        try await card.verifyPIN(secret("123456"))
    }

    @Test func aResetTakesAwayWhatWasVerified() async throws {
        let bench = Bench()
        let card = try await bench.opened()
        try await card.verifyPIN(secret("123456"))
        try await card.restart()
        #expect(try await card.isPINVerified() == false)
        await #expect(throws: CardError.notAuthenticated) {
            try await card.generateKey(in: .signature, algorithm: .p256)
        }
    }
}
