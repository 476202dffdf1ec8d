import AgentProtocol
import Cryptography
import Groundwork
import Testing

@Suite struct StatementTests {
    private func statement(_ key: PrivateKey, expires: Int64 = 300) -> LoginStatement {
        let now = Surroundings.real.now()
        return LoginStatement(
            serviceKey: Hex.encode(key.publicKey.keyIdentifier), origin: "https://tax.example.gov.cn", client: "tax",
            registeredName: "电子税务局", purpose: "login", acr: "key", nonce: Surroundings.real.randomBytes(32),
            issuedAt: now.adding(seconds: min(0, expires - 300)), expiresAt: now.adding(seconds: expires))
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func verifiesUnderTheServiceKeyAlone(family: AlgorithmFamily) async throws {
        let key = try PrivateKey.generate(family)
        let signed = try await SignedStatement.sign(statement(key), with: SoftwareSigner(key))
        let now = Surroundings.real.now()
        #expect(try signed.verified(by: key.publicKey, at: now).registeredName == "电子税务局")
        let other = try PrivateKey.generate(.p256)
        #expect(throws: Refusal(AgentProtocolRefusal.untrustedService)) {
            try signed.verified(by: other.publicKey, at: now)
        }
        #expect(throws: Refusal(AgentProtocolRefusal.statementExpired)) {
            try signed.verified(by: key.publicKey, at: now.adding(seconds: 300))
        }
        var bytes = signed.bytes
        bytes[bytes.count / 2] ^= 1
        let altered = SignedStatement(bytes: bytes, signature: signed.signature)
        #expect(throws: Refusal.self) { try altered.verified(by: key.publicKey, at: now) }
    }

    @Test func hasOneEncoding() throws {
        let key = try PrivateKey.generate(.p256)
        let bytes = statement(key).bytes
        #expect(try LoginStatement(bytes: bytes).bytes == bytes)
        #expect(throws: Refusal.self) { try LoginStatement(bytes: bytes + [0x20]) }
        #expect(throws: Refusal.self) { try LoginStatement(bytes: Array("{}".utf8)) }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(throws: Refusal.self) {
            try LoginStatement(bytes: Array(text.replacing("\"iat\":", with: "\"iat\": ").utf8))
        }
        #expect(throws: Refusal.self) {
            try LoginStatement(bytes: Array(text.replacing("{\"acr\"", with: "{\"aaa\":1,\"acr\"").utf8))
        }
    }

    @Test func loginBytesAreTheTagAndThreeHashes() {
        let (statement, certificate): ([UInt8], [UInt8]) = ([1, 2], [3, 4])
        for family in AlgorithmFamily.allCases {
            let hash = family == .sm2 ? DigestAlgorithm.sm3 : .sha256
            let expected =
                Array("YZT-LOGIN-1".utf8) + [0] + hash.hash(Array("https://a".utf8)) + hash.hash(statement)
                + hash.hash(certificate)
            let made = LoginStatement.signedBytes(
                origin: "https://a", statementBytes: statement, certificate: certificate, family: family)
            #expect(made == expected)
        }
    }
}

@Suite struct PlanOrderTests {
    private func order(_ key: PrivateKey) throws -> PlanOrder {
        let now = Surroundings.real.now()
        return PlanOrder(
            serviceKey: Hex.encode(key.publicKey.keyIdentifier), plan: [UInt8](repeating: 7, count: 16),
            purpose: "renew-staged", medium: .random(in: .real), caseFile: "case", origin: "https://my.example",
            slots: [KeySlot("82"): .authentication], operations: [.identify, .generate, .request, .write],
            issuedAt: now, expiresAt: now.adding(seconds: 60))
    }

    @Test func permitsItsOwnOperationsInItsOwnPlaces() async throws {
        let key = try PrivateKey.generate(.p256)
        let made = try order(key)
        let signed = try await SignedPlan.sign(made, with: SoftwareSigner(key))
        let now = Surroundings.real.now()
        let order = try signed.verified(by: key.publicKey, origin: "https://my.example", at: now)
        #expect(order == made)
        #expect(throws: Refusal(AgentProtocolRefusal.otherOrigin)) {
            try signed.verified(by: key.publicKey, origin: "https://evil.example", at: now)
        }
        let slot = KeySlot("82")
        #expect(order.permits(.generate(purpose: .authentication, family: .p256, slot: slot, attest: true)))
        #expect(!order.permits(.generate(purpose: .signature, family: .p256, slot: slot, attest: true)))
        #expect(!order.permits(.write(slot: KeySlot("9c"), certificate: [])))
        #expect(!order.permits(.setPIN(unlock: .init(.unlock, generation: 1))))
        #expect(!order.permits(.prove(purpose: .authentication, slot: slot, plan: [], step: 1, certificate: [])))
    }
}

@Suite struct PINRulesTests {
    private let rules = PINRules(
        minimumLength: 6, maximumLength: 8, longestRepetition: 3, longestSequence: 3, forbidden: ["112233"])

    @Test(
        arguments: [
            ("735219", nil), ("12345", .length), ("123456789", .length), ("73521a", .notDigits),
            ("777721", .repetition),
            ("123491", .sequence), ("987621", .sequence), ("112233", .forbidden), ("111222", nil),
        ] as [(String, PINRules.Violation?)])
    func finds(pin: String, violation: PINRules.Violation?) {
        #expect(rules.violation(in: SecretBytes(copying: Array(pin.utf8))) == violation)
    }

    @Test func refusalsAreUniqueAndInBothLanguages() {
        let all = AgentProtocolRefusal.allCases
        #expect(Set(all.map(\.code)).count == all.count)
        #expect(all.allSatisfy { !$0.message.zh.isEmpty && !$0.nextStep.zh.isEmpty && !$0.message.en.isEmpty })
    }
}
