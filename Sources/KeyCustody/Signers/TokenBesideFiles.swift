package import Cryptography
internal import Groundwork

/// A token for every new key, while keys of generations from before it stay in their files until they die.
///
/// An authority moves into hardware so: the configuration names the token, a new generation is made there and comes
/// into use, and the old one answers for its certificates from its file.
package struct TokenBesideFiles: SigningKeys {
    private let token: TokenKeys
    private let files: EncryptedKeyFiles

    package init(token: TokenKeys, files: EncryptedKeyFiles) {
        self.token = token
        self.files = files
    }

    package func contains(_ name: String) async throws -> Bool {
        if files.contains(name) { return true }
        return try await token.contains(name)
    }

    package func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        guard !files.contains(name) else {
            throw Refusal(KeyCustodyRefusal.keyFileExists, facts: ["key": name])
        }
        return try await token.generate(name, family: family)
    }

    package func signer(_ name: String) async throws -> any Signer {
        files.contains(name) ? try await files.signer(name) : try await token.signer(name)
    }

    package func signer(_ name: String, of publicKey: PublicKey) async throws -> any Signer {
        files.contains(name)
            ? try await files.signer(name, of: publicKey) : try await token.signer(name, of: publicKey)
    }

    package var report: CustodyReport { token.report }
    package func check() async throws { try await token.check() }
}
