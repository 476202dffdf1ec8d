package import Cryptography
internal import Foundation
package import Groundwork

/// `keys/*.p8` in the data directory: PKCS #8 files, encrypted, readable by their owner alone.
package struct KeyDirectory: Sendable {
    package let path: String

    package init(path: String) { self.path = path }

    private func file(_ name: String) -> String { "\(path)/\(name).p8" }

    package func contains(_ name: String) -> Bool { FileManager.default.fileExists(atPath: file(name)) }

    /// Writes a new key so that it is there whole and durable, or not at all; never over another.
    package func store(
        _ key: PrivateKey, name: String, passphrase: borrowing SecretBytes
    ) throws(Refusal) {
        let bytes = try key.encryptedPKCS8(passphrase: passphrase)
        mkdir(path, 0o700)
        try DurableFile.write(bytes, to: file(name), existing: .refuse) { failure in
            failure.isThere
                ? Refusal(KeyCustodyRefusal.keyFileExists, facts: ["key": name])
                : Refusal(
                    KeyCustodyRefusal.keyFileUnreadable, detail: failure.reason, facts: ["key": name])
        }
    }

    package func load(name: String, passphrase: borrowing SecretBytes) throws(Refusal) -> PrivateKey {
        guard let data = FileManager.default.contents(atPath: file(name)), data.count <= 65_536 else {
            throw Refusal(KeyCustodyRefusal.noSigner, facts: ["key": name])
        }
        do throws(Refusal) {
            return try PrivateKey(encryptedPKCS8: Array(data), passphrase: passphrase)
        } catch {
            throw Refusal(
                KeyCustodyRefusal.wrongKeyFile, detail: error.code, facts: ["key": name])
        }
    }
}
