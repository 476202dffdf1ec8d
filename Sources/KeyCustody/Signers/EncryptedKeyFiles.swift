package import Cryptography
package import Groundwork
internal import Synchronization

/// Keys in encrypted files. A key that was opened stays open: deriving its file's key takes a quarter of a second.
package final class EncryptedKeyFiles: SigningKeys {
    /// When the keys of an authority are opened.
    package enum Opening: Sendable {
        /// By what serves: a file that cannot be opened is found at once, and no signature waits.
        case atOnce
        /// By a command, which signs with one or two of them: each at its first signature, or at ``check()``.
        case whenAsked
    }

    private let opening: Opening
    private let awaited = Mutex<[String: PublicKey]>([:])
    private let directory: KeyDirectory
    private let passphrase: SecretBytes
    private let opened = Mutex<[String: PrivateKey]>([:])
    private let deriving = BlockingPool(threads: 2, name: "key-files")

    package init(directory: String, passphrase: borrowing SecretBytes, opening: Opening = .atOnce) {
        self.opening = opening
        self.directory = KeyDirectory(path: directory)
        self.passphrase = passphrase.duplicate()
    }

    package func contains(_ name: String) -> Bool { directory.contains(name) }

    package func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        let key = try PrivateKey.generate(family)
        try await store(key, name: name)
        return SoftwareSigner(key)
    }

    /// Keeps a key that was made elsewhere, such as one joined from its custodians' shares. Never over another.
    package func store(_ key: PrivateKey, name: String) async throws {
        try await deriving.run { try self.directory.store(key, name: name, passphrase: self.passphrase) }
        opened.withLock { $0[name] = key }
    }

    package func signer(_ name: String) async throws -> any Signer {
        if let key = opened.withLock({ $0[name] }) { return SoftwareSigner(key) }
        let key = try await deriving.run { try self.directory.load(name: name, passphrase: self.passphrase) }
        opened.withLock { $0[name] = key }
        return SoftwareSigner(key)
    }

    package func signer(_ name: String, of publicKey: PublicKey) async throws -> any Signer {
        guard opening == .whenAsked, let family = publicKey.family, contains(name) else {
            return try await openedSigner(name, of: publicKey)
        }
        awaited.withLock { $0[name] = publicKey }
        return AwaitedSigner(name, publicKey: publicKey, family: family) { try await self.signer(name) }
    }

    private func openedSigner(_ name: String, of publicKey: PublicKey) async throws -> any Signer {
        let signer = try await signer(name)
        guard signer.publicKey == publicKey else {
            throw Refusal(KeyCustodyRefusal.wrongKeyFile, facts: ["key": name])
        }
        return signer
    }

    /// Opens every key that waits to be asked.
    package func check() async throws {
        for (name, publicKey) in awaited.withLock({ $0 }).sorted(by: { $0.key < $1.key }) {
            _ = try await openedSigner(name, of: publicKey)
        }
    }
}
