import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import SoftTokens
import Testing

/// Keys in a SoftHSM 2 token, judged by openssl and pkcs11-tool.
@Suite struct TokenTests {
    let message = Array("上海市法人一证通".utf8)

    private func pkcs11Tool(_ token: SoftToken, _ words: String, in stranger: Stranger) throws -> String {
        try stranger.run(
            "\(token.pkcs11Tool) \(words)")
    }

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `A key made in the token signs what openssl verifies, and pkcs11-tool sees it kept`(_ family: AlgorithmFamily)
        async throws
    {
        let soft = try SoftToken()
        defer { soft.remove() }
        let stranger = try Stranger()
        defer { stranger.clean() }
        let token = try soft.opened()
        #expect(try await token.isEmpty())
        #expect(try await !token.contains("issuing-1"))
        let signer = try await token.generate("issuing-1", family: family)
        #expect(signer.publicKey.family == family && signer.algorithm == family.signatureAlgorithm)
        let signature = try await signer.sign(message)
        #expect(signer.publicKey.verifies(signature, over: message))
        try stranger.write(message, "message")
        try stranger.write(signature, "signature")
        try stranger.write(Array(signer.publicKey.pem.utf8), "key.pem")
        #expect(
            try stranger.run("openssl dgst -sha256 -verify key.pem -signature signature message")
                .contains("Verified OK"))
        let list = try pkcs11Tool(soft, "--list-objects --type privkey", in: stranger)
        #expect(list.contains("issuing-1"))
        #expect(list.contains("sensitive, always sensitive, never extractable, local"), "\(list)")

        // Another opening finds the same key; the name is taken.
        let again = try #require(try await soft.opened().signer("issuing-1"))
        #expect(again.publicKey == signer.publicKey)
        #expect(signer.publicKey.verifies(try await again.sign(message), over: message))
        #expect(try await soft.opened().signer("issuing-2") == nil)
        await #expect(throws: Refusal(CryptographyRefusal.tokenKey)) {
            try await token.generate("issuing-1", family: family)
        }
        #expect(try await !token.isEmpty())
    }

    @Test func `Many signatures at once share few sessions`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty, sessions: 3)
        let signer = try await token.generate("k", family: .p256)
        let message = message
        let good = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<60 {
                group.addTask {
                    let message = message + [UInt8(number)]
                    return signer.publicKey.verifies(try await signer.sign(message), over: message)
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(good == 60)
        // One to begin with, one that wrote, and those of the pool.
        #expect(faulty.count("C_OpenSession") <= 5)
    }

    @Test func `SoftHSM has no SM2, and the token says so`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnsupported)) {
            try await soft.opened().generate("k", family: .sm2)
        }
        // Named in the configuration, but not the token's.
        let named = try soft.opened(sm2: .init(generate: 0x8000_0001, sign: 0x8000_0002))
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnsupported)) {
            try await named.generate("k", family: .sm2)
        }
    }

    @Test func `A maker's SM2 is used as the configuration names it, and openssl verifies it`() async throws {
        let maker = MakersToken()
        let token = Token(
            Token.Access(label: "maker", sm2: MakersToken.mechanisms), pin: SoftToken.pin(), cryptoki: maker,
            surroundings: .real)
        let made = try await token.generate("k", family: .sm2)
        let signer = try #require(try await token.signer("k"))
        #expect(signer.publicKey == made.publicKey && signer.algorithm == .sm2WithSM3)
        let stranger = try Stranger()
        defer { stranger.clean() }
        try stranger.write(message, "message")
        try stranger.write(Array(signer.publicKey.pem.utf8), "key.pem")
        // Short numbers among r and s come with their leading zeros.
        for _ in 0..<300 {
            let signature = try await signer.sign(message)
            #expect(signer.publicKey.verifies(signature, over: message))
        }
        try stranger.write(try await signer.sign(message), "signature")
        try stranger.run(
            "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -digest sm3 -pkeyopt distid:1234567812345678 "
                + "-in message -sigfile signature")
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnsupported)) {
            try await token.generate("p", family: .p256)
        }
    }

    @Test func `A key that was brought into the token is refused`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let stranger = try Stranger()
        defer { stranger.clean() }
        try stranger.run("openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -outform DER -out k.der")
        _ = try pkcs11Tool(soft, "--write-object k.der --type privkey --label k --id 01", in: stranger)
        let token = try soft.opened()
        #expect(try await token.contains("k"))
        await #expect(throws: Refusal(CryptographyRefusal.tokenKey)) { try await token.signer("k") }
    }

    @Test func `Two that make one name at once: neither gets it`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty)
        _ = try await token.isEmpty()
        // The other comes between our look and our making. No fault: the call goes on.
        faulty.fail("C_GenerateKeyPair", with: 0) {
            let label = CryptokiAttribute(0x03, Array("k".utf8))
            let curve = CryptokiAttribute(0x180, OID.curveP256.der)
            guard let slot = try? faulty.slot(ofToken: soft.label),
                let session = try? faulty.openSession(in: slot, writing: true)
            else { return }
            _ = try? faulty.generateKeyPair(
                0x1040, publicKey: [label, curve, CryptokiAttribute(0x01, [1])],
                privateKey: [label, CryptokiAttribute(0x01, [1])], in: session)
        }
        await #expect(throws: Refusal(CryptographyRefusal.tokenKey)) { try await token.generate("k", family: .p256) }
        // The other's is there still, and it is none of ours.
        #expect(try await token.contains("k"))
        await #expect(throws: Refusal(CryptographyRefusal.tokenKey)) { try await token.signer("k") }
    }

    @Test func `Of two keys with one name none is taken`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let stranger = try Stranger()
        defer { stranger.clean() }
        for number in 1...2 {
            _ = try pkcs11Tool(
                soft, "--keypairgen --key-type EC:prime256v1 --sensitive --label k --id 0\(number)", in: stranger)
        }
        await #expect(throws: Refusal(CryptographyRefusal.tokenKey)) { try await soft.opened().signer("k") }
    }

    @Test func `Another process at the same token disturbs nobody`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let stranger = try Stranger()
        defer { stranger.clean() }
        let token = try soft.opened()
        let signer = try await token.generate("k", family: .p256)
        _ = try pkcs11Tool(soft, "--keypairgen --key-type EC:prime256v1 --label other --id 03", in: stranger)
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
        #expect(try await token.contains("other"))
    }

    @Test func `The token's AES-CMAC is ours`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let stranger = try Stranger()
        defer { stranger.clean() }
        let key = [UInt8](0..<32)
        try stranger.write(key, "key")
        _ = try pkcs11Tool(
            soft, "--write-object key --type secrkey --key-type AES:32 --label known --id 01", in: stranger)
        let module = try FaultyCryptoki(soft)
        try module.start()
        let session = try module.openSession(in: module.slot(ofToken: soft.label), writing: false)
        try module.login(session, pin: SoftToken.pin())
        let object = try #require(
            try module.objects(like: [CryptokiAttribute(0x03, Array("known".utf8))], in: session).first)
        for length in [0, 1, 15, 16, 17, 64] {
            let message = [UInt8](repeating: 7, count: length)
            #expect(
                try module.sign(message, mechanism: 0x108A, key: object, in: session)
                    == KeyDerivation.cmac(key: SecretBytes(copying: key), message))
        }
    }

    @Test func `A master key is made in the token, derives, and stays`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let stranger = try Stranger()
        defer { stranger.clean() }
        let token = try soft.opened()
        let secret = try await token.generateSecret("escrow-master-1")
        func derive(_ secret: TokenSecret, _ context: [UInt8], bits: Int) async throws -> [UInt8] {
            try await secret.counterCMAC(label: Array("LABEL".utf8), context: context, bits: bits)
                .withBytes { Array($0) }
        }
        let first = try await derive(secret, [1], bits: 192)
        #expect(first.count == 24)
        let again = try #require(try await soft.opened().secret("escrow-master-1"))
        #expect(try await derive(again, [1], bits: 192) == first)
        #expect(try await derive(again, [2], bits: 192) != first)
        let list = try pkcs11Tool(soft, "--list-objects --type secrkey", in: stranger)
        #expect(list.contains("sensitive, always sensitive, never extractable, local"), "\(list)")
        #expect(try await token.secret("escrow-master-2") == nil)
        await #expect(throws: Refusal(CryptographyRefusal.tokenKey)) {
            try await token.generateSecret("escrow-master-1")
        }
    }

    @Test(arguments: ["/nowhere/module.so", "/usr/lib/x86_64-linux-gnu/libm.so.6"])
    func `What is no module is refused`(_ path: String) {
        #expect(throws: Refusal(CryptographyRefusal.tokenModule)) { try CryptokiModule.load(path) }
    }
}
