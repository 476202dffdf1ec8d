import AgentProtocol
import CardAgent
import Cryptography
import Groundwork
import PIV
import Synchronization
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
        var text = "735219"
        func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
            SecretBytes(copying: Array(text.utf8))
        }
    }

    private let service = Result { try PrivateKey.generate(.p256) }

    /// A card with a key and certificate for each purpose, in places that nobody expects.
    private func holder(_ family: AlgorithmFamily) async throws -> (PIVKeyMedium, login: Certificate, seal: Certificate)
    {
        try await Self.fill(try Self.card(), family)
    }

    private static let rules = PINRules(
        minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: [])

    private static func card() throws -> VirtualCardTransport {
        VirtualCardTransport(
            VirtualCard(
                state: VirtualCardState(factoryFresh: VirtualCardOptions()),
                randomBytes: Surroundings.real.randomBytes))
    }

    private static func fill(
        _ card: VirtualCardTransport, _ family: AlgorithmFamily
    ) async throws -> (PIVKeyMedium, login: Certificate, seal: Certificate) {
        let medium = PIVKeyMedium(pins: Typed(), rules: rules, surroundings: .real) { .init(card) }
        let lender = Factory()
        _ = try await medium.perform(.authenticate(.init(.management, generation: 0), .tripleDES), lender: lender)
        _ = try await medium.perform(.setPIN(unlock: .init(.unlock, generation: 0)), lender: lender)
        var made: [Certificate] = []
        for (purpose, slot) in [(KeyPurpose.authentication, KeySlot("83")), (.signature, KeySlot("9a"))] {
            let event = try await medium.perform(
                .generate(purpose: purpose, family: family, slot: slot, attest: false), lender: lender)
            guard case .generated(let spki, _) = event else { throw Refusal(AgentProtocolRefusal.mediumMalformed) }
            let certificate = try await Self.certificate(PublicKey(spki: spki), purpose)
            _ = try await medium.perform(.write(slot: slot, certificate: certificate.der), lender: lender)
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

    @Test func signsAnOrderAndNothingElseAsAnOfficer() async throws {
        let (medium, login, seal) = try await holder(.p256)
        let other = try await holder(.p256).seal
        // In 9A lies the certificate of this card that a test of holders calls the seal's.
        let certificate = try await medium.officerCertificate()
        #expect(certificate == seal)
        let shown = LocalisedText(zh: "授权", en: "authorise")
        let digest = DigestAlgorithm.sha256.hash([1])
        let order =
            DomainTag.authorisation.prefix + digest + DigestAlgorithm.sha256.hash(certificate.der)
        let signature = try await medium.signOrder(order, certificate: certificate, shown: shown)
        #expect(certificate.publicKey.verifies(signature, over: order))
        let login1 = TaggedMessage.login(
            origin: "https://tax.example", statementBytes: [1], certificate: certificate.der, family: .p256)
        let bound = DomainTag.authorisation.prefix + digest + DigestAlgorithm.sha256.hash(login.der)
        for message in [login1, bound, order + [0], [], attributes(certificate)] {
            await #expect(throws: Refusal(AgentProtocolRefusal.malformedOrder)) {
                try await medium.signOrder(message, certificate: certificate, shown: shown)
            }
        }
        let foreign = DomainTag.authorisation.prefix + digest + DigestAlgorithm.sha256.hash(other.der)
        await #expect(throws: Refusal(AgentProtocolRefusal.otherMedium)) {
            try await medium.signOrder(foreign, certificate: other, shown: shown)
        }
    }

    /// The card is exchanged while the person types: the PIN must not reach the other one.
    @Test func aPINIsNotGivenToACardThatCameWhileItWasTyped() async throws {
        let cards = [try Self.card(), try Self.card()]
        let made = try await Self.fill(cards[0], .p256)
        _ = try await Self.fill(cards[1], .p256)
        let typing = Exchange(cards)
        let medium = PIVKeyMedium(pins: typing, rules: Self.rules, surroundings: .real) { .init(typing.card) }
        let shown = LocalisedText(zh: "授权", en: "authorise")
        let order =
            DomainTag.authorisation.prefix + DigestAlgorithm.sha256.hash([1])
            + DigestAlgorithm.sha256.hash(made.seal.der)
        await #expect(throws: Refusal(AgentProtocolRefusal.otherMedium)) {
            try await medium.signOrder(order, certificate: made.seal, shown: shown)
        }
        typing.insertFirst()
        await #expect(throws: Refusal(AgentProtocolRefusal.otherMedium)) {
            try await medium.signLogin(
                statement(), origin: "https://tax.example", serviceKey: service.get().publicKey)
        }
        let second = PIVCard(cards[1])
        try await second.select()
        #expect(try await second.pinTriesLeft() == 3)
    }

    /// A PIN that no key can have costs no try, and the refusal says what is wrong and whose it is.
    @Test(arguments: ["735219\r", "７３５２１９", "73 5219", "73521"])
    func whatIsNoPINIsNotGivenToTheCard(typed: String) async throws {
        let card = try Self.card()
        let made = try await Self.fill(card, .p256)
        let medium = PIVKeyMedium(
            at: "READER", pins: Typed(text: typed), rules: Self.rules, surroundings: .real
        ) { .init(card) }
        let refusal = try #require(await refusal(to: medium, made.seal))
        #expect(refusal == Refusal(AgentProtocolRefusal.malformedPIN))
        #expect(refusal.message.en.contains("holder (Test, in READER)"), "\(refusal)")
        #expect(card.state.pin.triesLeft == 3)
    }

    @Test func aWrongPINSaysWhoseItIsAndWhatIsLeft() async throws {
        let card = try Self.card()
        let made = try await Self.fill(card, .p256)
        let medium = PIVKeyMedium(
            at: "READER", role: .officer(2), pins: Typed(text: "111111"), rules: Self.rules, surroundings: .real
        ) { .init(card) }
        for left in ["2", "1"] {
            let refusal = try #require(await refusal(to: medium, made.seal))
            #expect(refusal == Refusal(AgentProtocolRefusal.wrongPIN))
            #expect(refusal.facts["tries-left"] == left)
            #expect(refusal.message.zh.contains("人员 2（Test，读卡器 READER）"), "\(refusal.message.zh)")
        }
        for _ in 0..<2 {
            await #expect(throws: Refusal(AgentProtocolRefusal.pinBlocked)) {
                try await medium.signDocument(attributes: attributes(made.seal), certificate: made.seal)
            }
        }
    }

    /// Why a document is not signed; `nil` if it is.
    private func refusal(to medium: PIVKeyMedium, _ certificate: Certificate) async -> Refusal? {
        let signed: Result<[UInt8], Refusal>
        do throws(Refusal) {
            signed = .success(
                try await medium.signDocument(attributes: attributes(certificate), certificate: certificate))
        } catch { signed = .failure(error) }
        guard case .failure(let refusal) = signed else { return nil }
        return refusal
    }

    /// Types a wrong PIN, and puts the second card into the reader meanwhile.
    private final class Exchange: PINProvider {
        private let cards: [VirtualCardTransport]
        private let slot = Mutex(0)
        init(_ cards: [VirtualCardTransport]) { self.cards = cards }
        var card: VirtualCardTransport { cards[slot.withLock { $0 }] }
        func insertFirst() { slot.withLock { $0 = 0 } }
        func pin(for question: PINQuestion) async throws(Refusal) -> SecretBytes {
            slot.withLock { $0 = 1 }
            return SecretBytes(copying: Array("000001".utf8))
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
