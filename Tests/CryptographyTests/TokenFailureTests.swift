import Cryptography
import Foundation
import Groundwork
import OtherPrograms
import SoftTokens
import Synchronization
import Testing

/// What becomes of a signature when the token fails, at each call that it takes.
@Suite struct TokenFailureTests {
    typealias Code = FaultyCryptoki.Code
    let message = Array("message".utf8)

    static let calls = ["C_GetSlotList", "C_OpenSession", "C_Login", "C_FindObjects", "C_Sign"]

    @Test func `A session that is lost is opened anew within the request`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty, sessions: 1)
        _ = try await token.generate("k", family: .p256)
        let signer = try #require(try await token.signer("k"))
        for call in Self.calls {
            for code in [Code.sessionHandleInvalid, Code.userNotLoggedIn, Code.keyHandleInvalid] {
                // A lost session makes the request go through every call.
                faulty.fail("C_Sign", with: Code.sessionHandleInvalid, after: { faulty.fail(call, with: code) })
                let signature = try await signer.sign(message)
                #expect(signer.publicKey.verifies(signature, over: message), "\(call) \(code)")
                #expect(token.failure == nil, "\(call) \(code)")
            }
        }
    }

    @Test func `A token that fails refuses, and works again by itself`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty, sessions: 1)
        let signer = try await token.generate("k", family: .p256)
        for call in Self.calls {
            for code in [Code.deviceError, Code.deviceRemoved, Code.tokenNotPresent, Code.generalError] {
                faulty.fail("C_Sign", with: Code.sessionHandleInvalid, after: { faulty.fail(call, with: code) })
                let refusal = await #expect(throws: Refusal.self, "\(call) \(code)") { try await signer.sign(message) }
                #expect(refusal?.retry == .later && refusal?.code.hasPrefix("cryptography.token-") == true)
                #expect(refusal?.detail.contains(call) == true, "\(String(describing: refusal))")
                #expect(token.failure != nil)
                let signature = try await signer.sign(message)
                #expect(signer.publicKey.verifies(signature, over: message))
                #expect(token.failure == nil)
            }
        }
    }

    @Test func `A token that stays away is left alone for its pause, and then asked once`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let time = Mutex<UInt64>(1)
        let surroundings = Surroundings(
            now: Surroundings.real.now, monotonicNanoseconds: { time.withLock { $0 } },
            randomBytes: Surroundings.real.randomBytes)
        let token = Token(
            Token.Access(label: soft.label, sessions: 4), pin: SoftToken.pin(), cryptoki: faulty,
            surroundings: surroundings)
        let signer = try await token.generate("k", family: .p256)
        faulty.fail("C_Sign", with: Code.deviceRemoved)
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable)) { try await signer.sign(message) }
        for _ in 0..<8 {
            await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable)) { try await signer.sign(message) }
        }
        #expect(faulty.count("C_Initialize") == 0)
        time.withLock { $0 += 1_000_000_000 }
        faulty.fail("C_Initialize", with: Code.deviceRemoved)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { _ = try? await signer.sign(message) } }
        }
        #expect(faulty.count("C_Initialize") == 1)
        time.withLock { $0 += 1_000_000_000 }
        try await token.check()
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
    }

    @Test func `A token whose folder is gone refuses, and signs when it is back`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let token = try soft.opened()
        let signer = try await token.generate("k", family: .p256)
        _ = try await signer.sign(message)
        try soft.takeAway()
        for _ in 0..<3 {
            let refusal = await #expect(throws: Refusal.self) { try await signer.sign(message) }
            #expect(refusal?.retry == .later)
        }
        await #expect(throws: Refusal(CryptographyRefusal.tokenMissing)) { try await token.check() }
        try soft.putBack()
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
    }

    @Test func `Another token in its place, with the same names, signs nothing`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let signer = try await soft.opened().generate("k", family: .p256)
        _ = try await signer.sign(message)
        try soft.takeAway()
        let other = try soft.impostor()
        let stranger = try Stranger()
        defer { stranger.clean() }
        try stranger.run("\(other.pkcs11Tool) --keypairgen --key-type EC:prime256v1 --sensitive --label k --id 01")
        for _ in 0..<2 {
            let refusal = await #expect(throws: Refusal.self) { try await signer.sign(message) }
            #expect(refusal?.retry == .later)
        }
        try soft.putBack()
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
    }

    @Test func `Behind a call that does not come back nobody waits`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let time = Mutex<UInt64>(1)
        let token = Token(
            Token.Access(label: soft.label, sessions: 1, pauseNanoseconds: 0), pin: SoftToken.pin(), cryptoki: faulty,
            surroundings: Surroundings(
                now: Surroundings.real.now, monotonicNanoseconds: { time.withLock { $0 } },
                randomBytes: Surroundings.real.randomBytes))
        let signer = try await token.generate("k", family: .p256)
        let hanging = DispatchSemaphore(value: 0)
        let (entered, enter) = AsyncStream<Void>.makeStream()
        faulty.fail("C_Sign", with: 0) {
            enter.yield()
            hanging.wait()
        }
        async let hung = signer.sign(message)
        for await _ in entered { break }
        #expect(token.failure == nil)
        time.withLock { $0 += 31_000_000_000 }
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable)) { try await signer.sign(message) }
        #expect(token.failure != nil)
        hanging.signal()
        #expect(signer.publicKey.verifies(try await hung, over: message))
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
        #expect(token.failure == nil)
    }

    @Test func `A refused PIN is tried once, never again`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty, pin: "another")
        for _ in 0..<5 {
            await #expect(throws: Refusal(CryptographyRefusal.tokenPIN)) { try await token.isEmpty() }
        }
        #expect(faulty.count("C_Login") == 1)
        #expect(try await soft.opened().isEmpty())
    }

    @Test func `Where one PIN try is left, none is made`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty)
        // SoftHSM counts no tries; a token that does says so where it is looked for.
        faulty.fail("C_GetSlotList", with: 0xA4)
        for _ in 0..<3 {
            await #expect(throws: Refusal(CryptographyRefusal.tokenPIN)) { try await token.isEmpty() }
        }
        #expect(faulty.count("C_Login") == 0)
    }

    @Test func `A label that no token has is named in the refusal`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let token = Token(
            Token.Access(label: "nobody"), pin: SoftToken.pin(), cryptoki: try FaultyCryptoki(soft), surroundings: .real
        )
        let refusal = await #expect(throws: Refusal(CryptographyRefusal.tokenMissing)) { try await token.check() }
        #expect(refusal?.detail.contains("nobody") == true)
    }

    @Test func `A key that was not finished leaves nothing that blocks its name`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let faulty = try FaultyCryptoki(soft)
        let token = try soft.opened(by: faulty, sessions: 1)
        _ = try await token.isEmpty()
        for call in ["C_GetMechanismList", "C_FindObjects", "C_GenerateKeyPair", "C_GetAttributeValue", "C_Sign"] {
            faulty.fail(call, with: Code.deviceError)
            await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable), "\(call)") {
                try await token.generate(call, family: .p256)
            }
            // As a ceremony does when it is held again.
            let found = try await token.signer(call)
            let signer = if let found { found } else { try await token.generate(call, family: .p256) }
            #expect(signer.publicKey.verifies(try await signer.sign(message), over: message), "\(call)")
        }
    }

    @Test func `A process that was forked off starts the module anew`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let identifier = Mutex<Int32>(1)
        let module = try FaultyCryptoki(soft) { identifier.withLock { $0 } }
        let token = try soft.opened(by: module)
        let signer = try await token.generate("k", family: .p256)
        identifier.withLock { $0 = 2 }
        // The parent's sessions are none of the child's: the first request finds that out, the next one works.
        await #expect(throws: Refusal(CryptographyRefusal.tokenUnavailable)) { try await signer.sign(message) }
        #expect(signer.publicKey.verifies(try await signer.sign(message), over: message))
    }
}
