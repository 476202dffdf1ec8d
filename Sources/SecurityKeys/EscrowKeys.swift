internal import Cryptography
internal import Foundation
package import Groundwork

/// The authority's keys for card secrets, opened: master keys that management secrets are derived from, by version, and
/// wrapping keys for envelopes, by id. They never leave the server.
package final class EscrowKeys: Sendable {
    let masters: [Int: HeldKey]
    let wrapping: [String: HeldKey]
    /// The newest master's version: what cards are moved to.
    package let masterVersion: Int
    /// The wrapping key that new envelopes use.
    package let wrappingKey: String

    /// One key of 32 bytes; a class, because a dictionary cannot own what cannot be copied.
    final class HeldKey: Sendable {
        let secret: SecretBytes
        init(_ secret: consuming SecretBytes) { self.secret = secret }
    }

    init(masters: [Int: HeldKey], wrapping: [String: HeldKey], masterVersion: Int, wrappingKey: String) {
        self.masters = masters
        self.wrapping = wrapping
        self.masterVersion = masterVersion
        self.wrappingKey = wrappingKey
    }

    /// New keys: master version 1 and one wrapping key.
    package static func generate(in surroundings: Surroundings) -> EscrowKeys {
        let id = Hex.encode(surroundings.randomBytes(8))
        return EscrowKeys(
            masters: [1: freshKey(in: surroundings)], wrapping: [id: freshKey(in: surroundings)], masterVersion: 1,
            wrappingKey: id)
    }

    /// The same keys with a newer master: each card moves to it in its next plan.
    package func addingMaster(in surroundings: Surroundings) -> EscrowKeys {
        var masters = masters
        masters[masterVersion + 1] = Self.freshKey(in: surroundings)
        return EscrowKeys(
            masters: masters, wrapping: wrapping, masterVersion: masterVersion + 1, wrappingKey: wrappingKey)
    }

    /// The same keys with a newer wrapping key; ``Escrow/rewrap(in:)`` moves the envelopes to it.
    package func addingWrappingKey(in surroundings: Surroundings) -> EscrowKeys {
        let id = Hex.encode(surroundings.randomBytes(8))
        var wrapping = wrapping
        wrapping[id] = Self.freshKey(in: surroundings)
        return EscrowKeys(masters: masters, wrapping: wrapping, masterVersion: masterVersion, wrappingKey: id)
    }

    private static func freshKey(in surroundings: Surroundings) -> HeldKey {
        var bytes = surroundings.randomBytes(32)
        return HeldKey(SecretBytes(wiping: &bytes))
    }
}

extension EscrowKeys {
    /// The file: each key sealed with AES-256-GCM under a key from the passphrase; what a key is, is associated data.
    private struct File: Codable {
        var version: Int
        var salt: String
        var rounds: Int
        var masterVersion: Int
        var wrappingKey: String
        var masters: [String: String]
        var wrapping: [String: String]
    }

    private static func malformed(_ detail: String) -> Refusal {
        Refusal(SecurityKeysRefusal.badKeyFile, detail: detail)
    }

    /// The sealed file's bytes.
    package func sealed(
        passphrase: borrowing SecretBytes, in surroundings: Surroundings, rounds: Int = PassphraseRounds.standard
    ) throws(Refusal) -> [UInt8] {
        let salt = surroundings.randomBytes(16)
        let key = try PassphraseKey.derive(from: passphrase, salt: salt, rounds: rounds)
        func seal(_ held: HeldKey, _ name: String) throws(Refusal) -> String {
            let sealed = try AuthenticatedEncryption.seal(
                held.secret, key: key, nonce: surroundings.randomBytes(12), associatedData: Array(name.utf8))
            return Hex.encode(sealed.nonce + sealed.tag + sealed.ciphertext)
        }
        var file = File(
            version: 1, salt: Hex.encode(salt), rounds: rounds, masterVersion: masterVersion, wrappingKey: wrappingKey,
            masters: [:], wrapping: [:])
        for (version, held) in masters { file.masters[String(version)] = try seal(held, "master/\(version)") }
        for (id, held) in wrapping { file.wrapping[id] = try seal(held, "wrapping/\(id)") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do { return Array(try encoder.encode(file)) } catch { throw Self.malformed("\(error)") }
    }

    /// - Throws: `security-keys.bad-key-file`, also for a wrong passphrase.
    package convenience init(sealed bytes: [UInt8], passphrase: borrowing SecretBytes) throws(Refusal) {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: Data(bytes)) } catch {
            throw Self.malformed("not a key file")
        }
        guard file.version == 1, let salt = Hex.decode(file.salt), (1...10_000_000).contains(file.rounds) else {
            throw Self.malformed("version \(file.version)")
        }
        let key = try PassphraseKey.derive(from: passphrase, salt: salt, rounds: file.rounds)
        func open(_ text: String, _ name: String) throws(Refusal) -> HeldKey {
            guard let bytes = Hex.decode(text), bytes.count == 12 + 16 + 32 else { throw Self.malformed(name) }
            let sealed = AuthenticatedEncryption.Sealed(
                nonce: Array(bytes[0..<12]), ciphertext: Array(bytes[28...]), tag: Array(bytes[12..<28]))
            do {
                return HeldKey(
                    try AuthenticatedEncryption.open(sealed, key: key, associatedData: Array(name.utf8)))
            } catch { throw Self.malformed("\(name) does not open") }
        }
        var masters: [Int: HeldKey] = [:]
        for (name, text) in file.masters {
            guard let version = Int(name), version > 0 else { throw Self.malformed(name) }
            masters[version] = try open(text, "master/\(version)")
        }
        var wrapping: [String: HeldKey] = [:]
        for (id, text) in file.wrapping { wrapping[id] = try open(text, "wrapping/\(id)") }
        guard masters[file.masterVersion] != nil, wrapping[file.wrappingKey] != nil else {
            throw Self.malformed("a current key is missing")
        }
        self.init(
            masters: masters, wrapping: wrapping, masterVersion: file.masterVersion, wrappingKey: file.wrappingKey)
    }

    /// Writes the sealed file, readable by its owner alone, whole or not at all.
    package func write(
        to path: String, passphrase: borrowing SecretBytes, in surroundings: Surroundings,
        rounds: Int = PassphraseRounds.standard
    ) throws(Refusal) {
        let bytes = try sealed(passphrase: passphrase, in: surroundings, rounds: rounds)
        let temporary = path + ".new"
        unlink(temporary)
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        guard descriptor >= 0 else { throw Self.malformed("\(path): errno \(errno)") }
        let written = bytes.withUnsafeBytes { unsafeWrite(descriptor, $0.baseAddress, $0.count) }
        let synced = fsync(descriptor)
        close(descriptor)
        guard written == bytes.count, synced == 0, rename(temporary, path) == 0 else {
            throw Self.malformed("\(path): errno \(errno)")
        }
    }

    /// Reads the file; refuses one that others may read.
    package convenience init(path: String, passphrase: borrowing SecretBytes) throws(Refusal) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.malformed("\(path): errno \(errno)") }
        guard status.st_mode & 0o077 == 0 else { throw Self.malformed("\(path) may be read by others") }
        guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else {
            throw Self.malformed("\(path) cannot be read")
        }
        try self.init(sealed: Array(data), passphrase: passphrase)
    }
}

private func unsafeWrite(_ descriptor: Int32, _ base: UnsafeRawPointer?, _ count: Int) -> Int {
    Foundation.write(descriptor, base, count)
}

/// How often the passphrase is hashed for the key file.
package enum PassphraseRounds {
    package static let standard = PassphraseKey.rounds
}
