package import Cryptography
package import Groundwork
internal import Synchronization

/// Keys in encrypted files. A key that was opened stays open: deriving its file's key takes a quarter of a second.
package final class EncryptedKeyFiles: SigningKeys {
    private let directory: KeyDirectory
    private let passphrase: SecretBytes
    private let opened = Mutex<[String: PrivateKey]>([:])
    private let deriving = BlockingPool(threads: 2, name: "key-files")

    package init(directory: String, passphrase: borrowing SecretBytes) {
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
}
