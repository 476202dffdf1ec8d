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
        let temporary = "\(file(name)).new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unreadable(name) }
        defer { unlink(temporary) }
        let written = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count
        let durable = written && fsync(descriptor) == 0
        guard close(descriptor) == 0, durable else { throw unreadable(name) }
        // link, unlike rename, refuses where a file is there already.
        guard link(temporary, file(name)) == 0 else {
            throw errno == EEXIST
                ? Refusal(KeyCustodyRefusal.keyFileExists, facts: ["key": name]) : unreadable(name)
        }
        let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard directory >= 0 else { throw unreadable(name) }
        defer { close(directory) }
        guard fsync(directory) == 0 else { throw unreadable(name) }
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

    private func unreadable(_ name: String) -> Refusal {
        Refusal(
            KeyCustodyRefusal.keyFileUnreadable, detail: String(cString: strerror(errno)),
            facts: ["key": name])
    }
}
