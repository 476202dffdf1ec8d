import Cryptography
import Groundwork
import PIV
import Testing
import VirtualKey

/// Keys on the card: made, used, described, vouched for.
@Suite struct KeyTests {
    private func algorithm(_ family: AlgorithmFamily, on card: PIVCard) async throws -> PIVAlgorithm {
        try #require(PIVAlgorithm(family, extensions: try await card.algorithmExtensions()))
    }

    @Test(arguments: AlgorithmFamily.allCases, CommandAPDU.LengthCoding.allCases)
    func aGeneratedKeySignsWhatItsPublicKeyVerifies(
        family: AlgorithmFamily, coding: CommandAPDU.LengthCoding
    ) async throws {
        let card = try await Bench(lengthCoding: coding).opened()
        let algorithm = try await algorithm(family, on: card)
        let key = try await card.generateKey(in: .authentication, algorithm: algorithm, pinPolicy: .once)
        #expect(key.family == family)
        try await card.verifyPIN(secret("123456"))
        let message = Array("一证通".utf8)
        for _ in 0..<2 {
            let signature = try await card.sign(message, in: .authentication, algorithm: algorithm, publicKey: key)
            #expect(key.verifies(signature, over: message))
        }
        #expect(try await card.publicKey(in: .authentication, algorithm: algorithm) == key)
    }

    @Test func policyAlwaysAsksForThePINBeforeEachSignature() async throws {
        let card = try await Bench().opened()
        _ = try await card.generateKey(in: .signature, algorithm: .p256, pinPolicy: .always)
        let digest = [UInt8](repeating: 7, count: 32)
        await #expect(throws: CardError.notAuthenticated) {
            try await card.sign(digest: digest, in: .signature, algorithm: .p256)
        }
        try await card.verifyPIN(secret("123456"))
        _ = try await card.sign(digest: digest, in: .signature, algorithm: .p256)
        await #expect(throws: CardError.notAuthenticated) {
            try await card.sign(digest: digest, in: .signature, algorithm: .p256)
        }
        // Another command in between makes the PIN stale.
        try await card.verifyPIN(secret("123456"))
        _ = try await card.metadata(of: .pin)
        await #expect(throws: CardError.notAuthenticated) {
            try await card.sign(digest: digest, in: .signature, algorithm: .p256)
        }
    }

    @Test func aCardThatIgnoresPoliciesSaysSoInItsMetadata() async throws {
        let card = try await Bench(VirtualCardOptions(lacks: [.pinPolicy])).opened()
        _ = try await card.generateKey(in: .signature, algorithm: .p256, pinPolicy: .always)
        #expect(try await card.metadata(of: .signature)?.pinPolicy == .once)
    }

    @Test func metadataDescribesAGeneratedKey() async throws {
        let card = try await Bench().opened()
        #expect(try await card.metadata(of: .signature) == nil)
        _ = try await card.generateKey(in: .signature, algorithm: .p256, pinPolicy: .always)
        let metadata = try #require(try await card.metadata(of: .signature))
        #expect(metadata.algorithm == 0x11)
        #expect(metadata.pinPolicy == .always)
        #expect(metadata.origin == .generated)
    }

    @Test func everyRetiredPlaceHoldsAKeyAndACertificate() async throws {
        let card = try await Bench().opened()
        for place in Place.retired {
            let key = try await card.generateKey(in: place, algorithm: .p256, pinPolicy: .never)
            let der = Array("certificate of \(place.shown)".utf8)
            try await card.putCertificate(der, in: place)
            #expect(try await card.certificate(in: place) == der)
            let message: [UInt8] = [place.rawValue]
            #expect(
                key.verifies(
                    try await card.sign(message, in: place, algorithm: .p256, publicKey: key), over: message))
        }
    }

    @Test func aCardWithoutSparePlacesRefusesThem() async throws {
        let card = try await Bench(VirtualCardOptions(lacks: [.retiredPlaces])).opened()
        await #expect(throws: CardError.refused(.incorrectParameters)) {
            try await card.generateKey(in: Place(rawValue: 0x82), algorithm: .p256)
        }
        await #expect(throws: CardError.notFound) {
            try await card.putCertificate([1, 2, 3], in: Place(rawValue: 0x82))
        }
    }

    @Test func sm2IsKnownByTheIdentifierThatTheCardStates() async throws {
        let card = try await Bench(VirtualCardOptions(sm2Identifier: 0x5C)).opened()
        #expect(try await card.algorithmExtensions()?.sm2 == 0x5C)
        let algorithm = try await algorithm(.sm2, on: card)
        #expect(try await card.generateKey(in: .signature, algorithm: algorithm).family == .sm2)
        await #expect(throws: CardError.refused(.wrongData)) {
            try await card.generateKey(in: .signature, algorithm: .sm2(identifier: 0x54))
        }
    }

    @Test func aCardWithoutSM2StatesNoIdentifier() async throws {
        let card = try await Bench(VirtualCardOptions(lacks: [.sm2])).opened()
        #expect(try await card.algorithmExtensions() == nil)
        #expect(PIVAlgorithm(.sm2, extensions: nil) == nil)
    }

    @Test func algorithmIdentifiersAreReadOnlyAfterTheManagementKey() async throws {
        let bench = Bench()
        try await bench.card.select()
        await #expect(throws: CardError.notAuthenticated) { try await bench.card.algorithmExtensions() }
        await #expect(throws: CardError.notAuthenticated) {
            try await bench.card.generateKey(in: .signature, algorithm: .p256)
        }
    }

    @Test(arguments: [AlgorithmFamily.p256, .sm2])
    func anAttestationLeadsToTheTestRoot(family: AlgorithmFamily) async throws {
        let maker = try await VirtualAttestation.make(in: .real)
        let card = try await Bench(VirtualCardOptions(serial: 0x8000_0001), attestation: maker).opened()
        let key = try await card.generateKey(in: .signature, algorithm: try await algorithm(family, on: card))
        let attestation = try Certificate(der: try await card.attest(.signature))
        let intermediate = try Certificate(der: try #require(try await card.attestationCertificate()))
        #expect(attestation.publicKey == key)
        #expect(attestation.isSigned(by: intermediate.publicKey))
        #expect(intermediate.isSigned(by: maker.root.publicKey))
        #expect(attestation.subject.description.contains("9c"))
    }

    @Test func aCardWithoutAttestSaysUnsupported() async throws {
        let maker = try await VirtualAttestation.make(in: .real)
        let card = try await Bench(VirtualCardOptions(lacks: [.attest]), attestation: maker).opened()
        _ = try await card.generateKey(in: .signature, algorithm: .p256)
        await #expect(throws: CardError.unsupported) { try await card.attest(.signature) }
        #expect(try await card.attestationCertificate() == nil)
    }

    @Test func anEmptyPlaceNeitherSignsNorAttests() async throws {
        let maker = try await VirtualAttestation.make(in: .real)
        let card = try await Bench(attestation: maker).opened()
        try await card.verifyPIN(secret("123456"))
        await #expect(throws: CardError.notFound) {
            try await card.sign(digest: [UInt8](repeating: 0, count: 32), in: .signature, algorithm: .p256)
        }
        await #expect(throws: CardError.notFound) { try await card.attest(.signature) }
    }
}
