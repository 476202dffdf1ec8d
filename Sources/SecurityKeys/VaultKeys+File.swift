package import Cryptography
internal import CDispatch  // stat(2), which the toolchain attributes to this module
internal import Foundation
package import Groundwork

extension VaultKeys {
    /// The file: each key sealed with AES-256-GCM under a key from the passphrase; what a key is, is associated data.
    ///
    /// Where masters are in a token, the file names them (`token:` and the key's name there), and its key is derived
    /// from the passphrase and, by a key of the token's, from the salt: it opens with both or not at all.
    private struct File: Codable {
        var version: Int
        var salt: String
        var rounds: Int
        var masterVersion: Int
        var wrappingKey: String
        var masters: [String: String]
        var wrapping: [String: String]
        /// The token's key that takes part in the file's key.
        var sealing: String?
    }

    private static let tokenMark = "token:"

    private static func malformed(_ detail: String) -> Refusal {
        Refusal(SecurityKeysRefusal.badKeyFile, detail: detail)
    }

    private static func fileKey(
        passphrase: borrowing SecretBytes, salt: [UInt8], rounds: Int, sealing: TokenSecret?
    ) async throws(Refusal) -> SecretBytes {
        let ours = try PassphraseKey.derive(from: passphrase, salt: salt, rounds: rounds)
        guard let sealing else { return ours }
        let theirs = try await sealing.counterCMAC(label: Array("YZT-ESCROW-FILE-1".utf8), context: salt, bits: 256)
        // Either half alone says nothing about the sum.
        return SecretBytes(count: 32) { target in
            ours.withBytes { ours in
                theirs.withBytes { theirs in
                    for index in 0..<32 { target[index] = ours[index] ^ theirs[index] }
                }
            }
        }
    }

    /// The sealed file's bytes.
    package func sealed(
        passphrase: borrowing SecretBytes, in surroundings: Surroundings, rounds: Int = PassphraseRounds.standard
    ) async throws(Refusal) -> [UInt8] {
        let salt = surroundings.randomBytes(16)
        let key = try await Self.fileKey(passphrase: passphrase, salt: salt, rounds: rounds, sealing: sealing)
        func seal(_ held: HeldKey, _ name: String) throws(Refusal) -> String {
            let sealed = try AuthenticatedEncryption.seal(
                held.secret, key: key, nonce: surroundings.randomBytes(12), associatedData: Array(name.utf8))
            return Hex.encode(sealed.nonce + sealed.tag + sealed.ciphertext)
        }
        var file = File(
            version: 1, salt: Hex.encode(salt), rounds: rounds, masterVersion: masterVersion, wrappingKey: wrappingKey,
            masters: [:], wrapping: [:], sealing: sealing?.name)
        for (version, master) in masters {
            switch master {
            case .held(let held): file.masters[String(version)] = try seal(held, "master/\(version)")
            case .token(let secret): file.masters[String(version)] = Self.tokenMark + secret.name
            }
        }
        for (id, held) in wrapping { file.wrapping[id] = try seal(held, "wrapping/\(id)") }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do { return Array(try encoder.encode(file)) } catch { throw Self.malformed("\(error)") }
    }

    /// - Throws: `security-keys.bad-key-file`, also for a wrong passphrase and for a file whose token is not given.
    package convenience init(
        sealed bytes: [UInt8], passphrase: borrowing SecretBytes, token: Token? = nil
    ) async throws(Refusal) {
        let file: File
        do { file = try JSONDecoder().decode(File.self, from: Data(bytes)) } catch {
            throw Self.malformed("not a key file")
        }
        guard file.version == 1, let salt = Hex.decode(file.salt), (1...10_000_000).contains(file.rounds) else {
            throw Self.malformed("version \(file.version)")
        }
        func inToken(_ name: String) async throws(Refusal) -> TokenSecret {
            guard let token else { throw Self.malformed("\(name) is in a token, and none is configured") }
            guard let secret = try await token.secret(name) else { throw Self.malformed("\(name) is not in the token") }
            return secret
        }
        var sealing: TokenSecret?
        if let name = file.sealing { sealing = try await inToken(name) }
        let key = try await Self.fileKey(passphrase: passphrase, salt: salt, rounds: file.rounds, sealing: sealing)
        func open(_ text: String, _ name: String) throws(Refusal) -> HeldKey {
            guard let bytes = Hex.decode(text), bytes.count == 12 + 16 + 32 else { throw Self.malformed(name) }
            let sealed = AuthenticatedEncryption.Sealed(
                nonce: Array(bytes[0..<12]), ciphertext: Array(bytes[28...]), tag: Array(bytes[12..<28]))
            do {
                return HeldKey(
                    try AuthenticatedEncryption.open(sealed, key: key, associatedData: Array(name.utf8)))
            } catch { throw Self.malformed("\(name) does not open") }
        }
        var masters: [Int: MasterKey] = [:]
        for (name, text) in file.masters {
            guard let version = Int(name), version > 0 else { throw Self.malformed(name) }
            if text.hasPrefix(Self.tokenMark) {
                masters[version] = .token(try await inToken(String(text.dropFirst(Self.tokenMark.count))))
            } else {
                masters[version] = .held(try open(text, "master/\(version)"))
            }
        }
        var wrapping: [String: HeldKey] = [:]
        for (id, text) in file.wrapping { wrapping[id] = try open(text, "wrapping/\(id)") }
        guard masters[file.masterVersion] != nil, wrapping[file.wrappingKey] != nil else {
            throw Self.malformed("a current key is missing")
        }
        self.init(
            masters: masters, wrapping: wrapping, masterVersion: file.masterVersion, wrappingKey: file.wrappingKey,
            sealing: sealing)
    }

    /// Writes the sealed file, readable by its owner alone, whole or not at all.
    package func write(
        to path: String, passphrase: borrowing SecretBytes, in surroundings: Surroundings,
        rounds: Int = PassphraseRounds.standard
    ) async throws(Refusal) {
        let bytes = try await sealed(passphrase: passphrase, in: surroundings, rounds: rounds)
        // The new name lasts before anything is sealed with the new keys.
        try DurableFile.write(bytes, to: path) { failure in
            Refusal(SecurityKeysRefusal.keyFileUnwritable, detail: "\(failure.path): \(failure.reason)")
        }
    }

    /// Reads the file; refuses one that others may read.
    package convenience init(
        path: String, passphrase: borrowing SecretBytes, token: Token? = nil
    ) async throws(Refusal) {
        var status = stat()
        guard stat(path, &status) == 0 else { throw Self.malformed("\(path): errno \(errno)") }
        guard status.st_mode & 0o077 == 0 else { throw Self.malformed("\(path) may be read by others") }
        guard let data = FileManager.default.contents(atPath: path), data.count < 1 << 20 else {
            throw Self.malformed("\(path) cannot be read")
        }
        try await self.init(sealed: Array(data), passphrase: passphrase, token: token)
    }
}

/// How often the passphrase is hashed for the key file.
package enum PassphraseRounds {
    package static let standard = PassphraseKey.rounds
}
