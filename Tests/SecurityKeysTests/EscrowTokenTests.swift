import AgentProtocol
import Cryptography
import Foundation
import Groundwork
import SecurityKeys
import SoftTokens
import Testing

/// The escrow's master in a SoftHSM 2 token.
@Suite(.serialized) struct EscrowTokenTests {
    @Test func `The master stays in the token, and its file opens with both or not at all`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let token = try soft.opened()
        let path = FileManager.default.temporaryDirectory.appending(path: "escrow-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let passphrase = SecretBytes(copying: Array("correct horse".utf8))
        let keys = try await VaultKeys.generate(in: .real, token: token)
        #expect(keys.isInToken)
        try await keys.write(to: path, passphrase: passphrase, in: .real, rounds: 1000)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        #expect(text.contains("token:escrow-master-1"))

        let again = try await VaultKeys(path: path, passphrase: passphrase, token: soft.opened())
        let medium = MediumNumber.random(in: .real)
        func derive(_ keys: VaultKeys, _ version: Int) async throws -> [UInt8] {
            try await ManagementSecret.derive(
                from: keys, version: version, model: "m", medium: medium, cipher: .aes256
            ).withBytes { Array($0) }
        }
        let first = try await derive(keys, 1)
        #expect(try await derive(again, 1) == first)

        await #expect(throws: Refusal(SecurityKeysRefusal.badKeyFile), "no token") {
            try await VaultKeys(path: path, passphrase: passphrase)
        }
        let other = try SoftToken()
        defer { other.remove() }
        await #expect(throws: Refusal(SecurityKeysRefusal.badKeyFile), "an empty token") {
            try await VaultKeys(path: path, passphrase: passphrase, token: other.opened())
        }
        _ = try await VaultKeys.generate(in: .real, token: other.opened())
        await #expect(throws: Refusal(SecurityKeysRefusal.badKeyFile), "another token") {
            try await VaultKeys(path: path, passphrase: passphrase, token: other.opened())
        }
        let wrong = SecretBytes(copying: Array("wrong horse".utf8))
        await #expect(throws: Refusal(SecurityKeysRefusal.badKeyFile), "another passphrase") {
            try await VaultKeys(path: path, passphrase: wrong, token: token)
        }

        // A newer master is made in the token too; the older one still derives what it did.
        let newer = try await again.addingMaster(in: token)
        #expect(newer.masterVersion == 2)
        #expect(try await derive(newer, 1) == first)
        #expect(try await derive(newer, 2) != first)
        // Cards with a master from before move to the token's by their next plan.
        let mixed = try await VaultKeys.generate(in: .real).addingMaster(in: token)
        #expect(mixed.isInToken && mixed.masterVersion == 2)
    }

    @Test func `While the token is away no card's secret is derived; then it is again`() async throws {
        let soft = try SoftToken()
        defer { soft.remove() }
        let keys = try await VaultKeys.generate(in: .real, token: soft.opened())
        let medium = MediumNumber.random(in: .real)
        func derive() async throws -> [UInt8] {
            try await ManagementSecret.derive(from: keys, version: 1, model: "m", medium: medium, cipher: .aes256)
                .withBytes { Array($0) }
        }
        let before = try await derive()
        try soft.takeAway()
        let refusal = await #expect(throws: Refusal.self) { try await derive() }
        #expect(refusal?.retry == .later)
        try soft.putBack()
        #expect(try await derive() == before)
    }
}
