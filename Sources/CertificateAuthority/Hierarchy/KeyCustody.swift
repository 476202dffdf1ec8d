package import Cryptography
package import Groundwork
internal import Synchronization

/// Where the authority's private keys are kept, by name.
package protocol KeyCustody: Sendable {
    func contains(_ name: String) -> Bool
    /// Never over another key of this name.
    func store(_ key: PrivateKey, name: String) throws(Refusal)
    func load(name: String) throws(Refusal) -> PrivateKey
}

/// Keys in encrypted files. A key that was opened stays open: deriving its file's key takes a quarter of a second.
package final class EncryptedKeyFiles: KeyCustody {
    private let directory: KeyDirectory
    private let passphrase: SecretBytes
    private let opened = Mutex<[String: PrivateKey]>([:])

    package init(directory: String, passphrase: borrowing SecretBytes) {
        self.directory = KeyDirectory(path: directory)
        self.passphrase = passphrase.duplicate()
    }

    package func contains(_ name: String) -> Bool { directory.contains(name) }

    package func store(_ key: PrivateKey, name: String) throws(Refusal) {
        try directory.store(key, name: name, passphrase: passphrase)
        opened.withLock { $0[name] = key }
    }

    package func load(name: String) throws(Refusal) -> PrivateKey {
        if let key = opened.withLock({ $0[name] }) { return key }
        let key = try directory.load(name: name, passphrase: passphrase)
        opened.withLock { $0[name] = key }
        return key
    }
}
