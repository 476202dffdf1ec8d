import AgentProtocol
import Audit
import Cryptography
import Foundation
import Groundwork
import SecurityKeys
import Storage
import Testing

enum Policies {
    static var folder: String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Policies").path
    }
    static func models() throws -> CardModels { try CardModels(path: folder + "/card-models.yaml") }
}

@Suite struct CardSecretVaultTests {
    private let medium = MediumNumber.random(in: .real)

    private func database() throws -> (Database, URL) {
        let folder = FileManager.default.temporaryDirectory.appending(path: "escrow-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = folder.appending(path: "database.sqlite").path
        return (try Database.open(at: path, migrations: [AuditLog.migrations, SecurityKeysMigrations.all]), folder)
    }

    private func secret(_ reference: SecretReference, _ vault: CardSecretVault, _ database: Database) async throws
        -> [UInt8]
    {
        let envelope = try await database.read { [medium] in try vault.envelope(reference, medium: medium, in: $0) }
        let model = try #require(try Policies.models()["virtual-key"])
        let opened = try await vault.open(envelope, medium: medium, model: model)
        return opened.withBytes { Array($0) }
    }

    @Test func pendingStaysUntilConfirmedAndIsMadeOnce() async throws {
        let (database, folder) = try database()
        defer { try? FileManager.default.removeItem(at: folder) }
        let vault = CardSecretVault(keys: .generate(in: .real), surroundings: .real)
        let first = SecretReference(.unlock, generation: 1)
        let second = SecretReference(.unlock, generation: 2)
        let medium = medium
        try await database.write { transaction in
            try vault.commitPending(first, medium: medium, in: transaction)
            try vault.confirm(first, medium: medium, in: transaction)
            try vault.commitPending(second, medium: medium, in: transaction)
        }
        let pending = try await secret(second, vault, database)
        try await database.write { try vault.commitPending(second, medium: medium, in: $0) }
        #expect(try await secret(second, vault, database) == pending, "a second commit made another secret")
        #expect(try await secret(first, vault, database) != pending)
        try await database.write { try vault.confirm(second, medium: medium, in: $0) }
        await #expect(throws: Refusal(SecurityKeysRefusal.secretMissing)) {
            try await secret(first, vault, database)
        }
        let generations = try await database.read { try vault.generations(of: .unlock, medium: medium, in: $0) }
        #expect(generations.current == 2 && generations.pending == nil)
    }

    @Test func anEnvelopeOpensOnlyForItsOwnMediumKindAndGeneration() async throws {
        // What opens a card and what unblocks it, never a key.
        #expect(SecretKind.allCases == [.management, .unlock])
        let (database, folder) = try database()
        defer { try? FileManager.default.removeItem(at: folder) }
        let vault = CardSecretVault(keys: .generate(in: .real), surroundings: .real)
        let medium = medium
        try await database.write { try vault.commitPending(.init(.unlock, generation: 1), medium: medium, in: $0) }
        try await database.write { _ = try $0.execute("UPDATE escrow_secret SET generation = 3") }
        await #expect(throws: Refusal(SecurityKeysRefusal.secretUnreadable)) {
            try await secret(.init(.unlock, generation: 3), vault, database)
        }
    }

    @Test func theKeyFileOpensWithItsPassphraseAndIsPrivate() async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "master-\(UUID().uuidString).json").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let keys = VaultKeys.generate(in: .real).addingMaster(in: .real)
        let passphrase = SecretBytes(copying: Array("correct horse".utf8))
        try await keys.write(to: path, passphrase: passphrase, in: .real, rounds: 1000)
        let again = try await VaultKeys(path: path, passphrase: passphrase)
        #expect(again.masterVersion == 2)
        let cipher = SecretCipher.aes192
        let first = try await ManagementSecret.derive(
            from: keys, version: 2, model: "m", medium: medium, cipher: cipher)
        let second = try await ManagementSecret.derive(
            from: again, version: 2, model: "m", medium: medium, cipher: cipher)
        let isSame = first.equals(second)
        #expect(isSame)
        let wrong = SecretBytes(copying: Array("wrong horse".utf8))
        await #expect(throws: Refusal(SecurityKeysRefusal.badKeyFile)) {
            try await VaultKeys(path: path, passphrase: wrong)
        }
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
        await #expect(throws: Refusal(SecurityKeysRefusal.badKeyFile)) {
            try await VaultKeys(path: path, passphrase: passphrase)
        }
    }

    @Test func managementSecretsDifferInEveryInput() async throws {
        let keys = VaultKeys.generate(in: .real).addingMaster(in: .real)
        func derive(
            _ version: Int, _ model: String, _ medium: MediumNumber, _ cipher: SecretCipher
        ) async throws -> [UInt8] {
            try await ManagementSecret.derive(
                from: keys, version: version, model: model, medium: medium, cipher: cipher
            ).withBytes { Array($0) }
        }
        let other = MediumNumber.random(in: .real)
        let all = try await [
            derive(1, "a", medium, .tripleDES), derive(2, "a", medium, .tripleDES), derive(1, "b", medium, .tripleDES),
            derive(1, "a", other, .tripleDES), derive(1, "a", medium, .aes192), derive(1, "a", medium, .aes256),
        ]
        #expect(Set(all).count == all.count)
        #expect(all[0].allSatisfy { $0.nonzeroBitCount % 2 == 1 }, "odd parity")
        #expect(all.map(\.count) == [24, 24, 24, 24, 24, 32])
    }
}

@Suite struct CardModelTests {
    @Test func thePolicyReadsAndRecognises() throws {
        let models = try Policies.models()
        let atr = try #require(Hex.decode("3b8b80015649525455414c4556414c"))
        func model(_ version: String, _ cipher: SecretCipher?) -> String? {
            models.model(of: MediumFacts(medium: nil, atr: atr, version: version, managementAlgorithm: cipher))?.name
        }
        #expect(model("5.4.3", .tripleDES) == "virtual-key")
        #expect(model("5.4.3", .aes192) == "virtual-key-aes")
        #expect(model("1.0.0", nil) == "virtual-key-plain")
        #expect(model("9.9.9", nil) == nil)
        let plain = try #require(models["virtual-key-plain"])
        #expect(!plain.canStage(.p256, purposes: [.authentication, .signature]))
    }

    @Test func aWrongPolicyIsRefused() throws {
        let text = try String(contentsOfFile: Policies.folder + "/card-models.yaml", encoding: .utf8)
        #expect(throws: Refusal.self) { try CardModels(yaml: text + "\n    colour: red\n") }
        #expect(throws: Refusal(SecurityKeysRefusal.badCardModel)) {
            try CardModels(yaml: text.replacing("spare: \"83\"", with: "spare: \"82\""))
        }
    }
}
