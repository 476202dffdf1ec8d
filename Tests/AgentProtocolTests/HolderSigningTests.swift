import AgentProtocol
import Cryptography
import Groundwork
import SmartCards
import Testing
import VirtualKey

/// What the holder's keys sign, and what they do not.
@Suite struct HolderSigningTests {
    private struct Factory: SecretLender {
        func secret(_ reference: SecretReference) async throws(Refusal) -> SecretBytes {
            reference.kind == .management
                ? SecretBytes(copying: VirtualCardState.factoryManagementKey(.tripleDES))
                : SecretBytes(copying: Array("12345678".utf8))
        }
    }
    private struct Typed: PINProvider {
        func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
            SecretBytes(copying: Array("735219".utf8))
        }
    }

    private let service = Result { try PrivateKey.generate(.p256) }

    /// A card with a key and certificate for each purpose, in places that nobody expects.
    private func holder(_ family: AlgorithmFamily) async throws -> (PIVKeyMedium, login: Certificate, seal: Certificate)
    {
        let card = VirtualCardTransport(
            VirtualCard(
                state: VirtualCardState(factoryFresh: VirtualCardOptions()),
                randomBytes: Surroundings.real.randomBytes))
        let rules = PINRules(
            minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: [])
        let medium = PIVKeyMedium(pins: Typed(), rules: rules, surroundings: .real) { .init(card) }
        let lender = Factory()
        _ = try await medium.perform(.authenticate(.init(.management, generation: 0), .tripleDES), lender: lender)
        _ = try await medium.perform(.setPIN(unlock: .init(.unlock, generation: 0)), lender: lender)
        var made: [Certificate] = []
        for (purpose, place) in [(KeyPurpose.authentication, KeyPlace("83")), (.signature, KeyPlace("9a"))] {
            let event = try await medium.perform(
                .generate(purpose: purpose, family: family, place: place, attest: false), lender: lender)
            guard case .generated(let spki, _) = event else { throw Refusal(AgentProtocolRefusal.mediumMalformed) }
            let certificate = try await Self.certificate(PublicKey(spki: spki), purpose)
            _ = try await medium.perform(.write(place: place, certificate: certificate.der), lender: lender)
            made.append(certificate)
        }
        await medium.finish()
        return (medium, made[0], made[1])
    }

    private static func certificate(_ key: PublicKey, _ purpose: KeyPurpose) async throws -> Certificate {
        let issuer = try PrivateKey.generate(.p256)
        let now = Surroundings.real.now().truncatedToSecond
        let name = DistinguishedName([.init(type: .commonName, value: "Test", kind: .utf8)])
        return try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: .ecdsaWithSHA256, issuer: name, notBefore: now,
            notAfter: now.adding(days: 1), subject: name, publicKey: key,
            extensions: purpose == .signature
                ? [.keyUsage([.nonRepudiation])]
                : [.keyUsage([.digitalSignature]), .extendedKeyUsage(["1.3.6.1.5.5.7.3.2"])]
        ).signed(by: SoftwareSigner(issuer))
    }

    private func statement(origin: String = "https://tax.example") async throws -> SignedStatement {
        let key = try service.get()
        let now = Surroundings.real.now()
        let statement = LoginStatement(
            serviceKey: Hex.encode(key.publicKey.keyIdentifier), origin: origin, client: "tax",
            registeredName: "电子税务局", purpose: "login", acr: "key", nonce: Surroundings.real.randomBytes(32),
            issuedAt: now, expiresAt: now.adding(seconds: 60))
        return try await SignedStatement.sign(statement, with: SoftwareSigner(key))
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func signsALoginWithTheAuthenticationKeyFoundByItsCertificate(family: AlgorithmFamily) async throws {
        let (medium, login, seal) = try await holder(family)
        let key = try service.get().publicKey
        let signed = try await statement()
        let proof = try await medium.signLogin(signed, origin: "https://tax.example", serviceKey: key)
        #expect(proof.certificate == login.der)
        let message = LoginStatement.signedBytes(
            origin: proof.origin, statementBytes: signed.bytes, certificate: login.der, family: family)
        #expect(login.publicKey.verifies(proof.signature, over: message))
        await #expect(throws: Refusal(AgentProtocolRefusal.otherOrigin)) {
            try await medium.signLogin(signed, origin: "https://evil.example", serviceKey: key)
        }
        await #expect(throws: Refusal(AgentProtocolRefusal.wrongPurpose)) {
            try await medium.signLogin(signed, origin: "https://tax.example", serviceKey: key, certificate: seal)
        }
        await #expect(throws: Refusal(AgentProtocolRefusal.wrongPurpose)) {
            try await medium.signDocument(attributes: attributes(login), certificate: login)
        }
        let signature = try await medium.signDocument(attributes: attributes(seal), certificate: seal)
        #expect(seal.publicKey.verifies(signature, over: attributes(seal)))
    }

    @Test func signsNothingThatIsNoSetOfSignedAttributes() async throws {
        let (medium, login, seal) = try await holder(.p256)
        let login1 = TaggedMessage.login(
            origin: "https://tax.example", statementBytes: [1], certificate: login.der, family: .p256)
        let request = CertificateRequest.body(
            subject: DistinguishedName([.init(type: .commonName, value: "x", kind: .utf8)]), publicKey: seal.publicKey)
        for message in [login1, request, [], [0x31, 0x00], attributes(login), Array(attributes(seal).dropLast())] {
            await #expect(throws: Refusal(AgentProtocolRefusal.malformedAttributes)) {
                try await medium.signDocument(attributes: message, certificate: seal)
            }
        }
    }

    private func attributes(_ certificate: Certificate) -> [UInt8] {
        let digest = certificate.publicKey.family?.digest ?? .sha256
        return CMSSignedAttributes(
            contentType: "1.2.840.113549.1.7.1", messageDigest: [UInt8](repeating: 1, count: 32), signer: certificate,
            digest: digest
        ).der
    }
}
