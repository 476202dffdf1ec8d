import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import SoftTokens
import Testing

/// Keys that want the PIN for every signature (CKA_ALWAYS_AUTHENTICATE): PKCS #11, 4.9 and 5.6.
@Suite struct TokenPINTests {
    typealias Code = FaultyCryptoki.Code
    private let message = Array("message".utf8)

    @Test(arguments: [AlgorithmFamily.p256, .rsa2048])
    func `A key of another's making that wants the PIN each time gets it each time`(_ family: AlgorithmFamily)
        async throws
    {
        let soft = try SoftToken()
        defer { soft.remove() }
        let stranger = try Stranger()
        defer { stranger.clean() }
        let kind = family == .p256 ? "EC:prime256v1" : "rsa:2048"
        try stranger.run(
            "\(soft.pkcs11Tool) --keypairgen --key-type \(kind) --label k --id 0102 --sensitive --always-auth")
        let faulty = try FaultyCryptoki(soft)
        let signer = try #require(try await soft.opened(by: faulty, sessions: 1).signer("k"))
        for count in 1...3 {
            let signature = try await signer.sign(message)
            #expect(signer.publicKey.verifies(signature, over: message))
            #expect(faulty.count("C_Login for one signature") == count)
        }
        // One login of the session, however many signatures.
        #expect(faulty.count("C_Login") == 1)
    }

    @Test func `Keys are made so where the configuration wants it, and others are not asked`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let signer = try await soft.opened(by: faulty, pinEachTime: true).generate("k", family: .p256)
        #expect(faulty.count("C_Login for one signature") == 1)
        let plain = try await soft.opened(by: faulty).generate("p", family: .p256)
        _ = try await plain.sign(message)
        #expect(faulty.count("C_Login for one signature") == 1)
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
        let stranger = try Stranger()
        defer { stranger.clean() }
        let objects = try stranger.run("\(soft.pkcs11Tool) --list-objects --type privkey")
        #expect(objects.components(separatedBy: "never extract").count == 3)
    }

    @Test func `Many at once never spend each other's login`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let signer = try await soft.opened(sessions: 4, pinEachTime: true).generate("k", family: .p256)
        let message = message
        let good = try await withThrowingTaskGroup(of: Bool.self) { group in
            for index in 0..<64 {
                group.addTask {
                    let words = message + [UInt8(index)]
                    return signer.publicKey.verifies(try await signer.sign(words), over: words)
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(good == 64)
    }

    @Test func `A login for one signature that is refused is not tried again, one that fails is`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty, sessions: 1, pinEachTime: true)
        let signer = try await token.generate("k", family: .p256)
        faulty.fail("C_Login for one signature", with: Code.sessionHandleInvalid)
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
        faulty.fail("C_Login for one signature", with: Code.deviceRemoved)
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable)) { try await signer.sign(message) }
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
        faulty.fail("C_Login for one signature", with: Code.pinIncorrect)
        await #expect(throws: Refusal(CryptographyRefusal.tokenPIN)) { try await signer.sign(message) }
        let logins = faulty.count("C_Login") + faulty.count("C_Login for one signature")
        await #expect(throws: Refusal(CryptographyRefusal.tokenPIN)) { try await signer.sign(message) }
        #expect(faulty.count("C_Login") + faulty.count("C_Login for one signature") == logins)
    }
}
