internal import CertificateRecords
package import Cryptography
package import Groundwork
internal import Synchronization

/// Keys, wherever they are kept, of which those that issue keep a journal in the data directory's `keys`.
///
/// The keys of services (responders, time stamps, login statements, checkpoints, seals) sign what is no certificate and
/// no list, thousands of times a second, and keep none.
package final class JournalledKeys: SigningKeys {
    private let keys: any SigningKeys
    private let directory: String
    private let surroundings: Surroundings
    private let journals = Mutex<[String: SigningJournal]>([:])

    /// - Parameter directory: `keys` in the data directory, also where the keys themselves are in a token.
    package init(_ keys: any SigningKeys, directory: String, surroundings: Surroundings) {
        self.keys = keys
        self.directory = directory
        self.surroundings = surroundings
    }

    /// Keys in encrypted files, with their journals beside them.
    package convenience init(files directory: String, passphrase: borrowing SecretBytes, surroundings: Surroundings) {
        self.init(
            EncryptedKeyFiles(directory: directory, passphrase: passphrase), directory: directory,
            surroundings: surroundings)
    }

    package func contains(_ name: String) async throws -> Bool { try await keys.contains(name) }

    package func generate(_ name: String, family: AlgorithmFamily) async throws -> any Signer {
        journalled(try await keys.generate(name, family: family), name)
    }

    package func signer(_ name: String) async throws -> any Signer { journalled(try await keys.signer(name), name) }

    package func signer(_ name: String, of publicKey: PublicKey) async throws -> any Signer {
        journalled(try await keys.signer(name, of: publicKey), name)
    }

    package var report: CustodyReport { keys.report }
    package func check() async throws { try await keys.check() }

    private func journalled(_ signer: any Signer, _ name: String) -> any Signer {
        let lowered = name.lowercased()
        guard !ServiceRole.allCases.contains(where: { lowered.contains("-\($0.rawValue.lowercased())") }) else {
            return signer
        }
        let journal = journals.withLock { journals in
            if let known = journals[name], known.key == signer.publicKey { return known }
            let journal = SigningJournal(
                path: SigningJournal.path(in: directory, key: name), key: signer.publicKey, surroundings: surroundings)
            journals[name] = journal
            return journal
        }
        return JournalledSigner(signer, journal: journal)
    }
}
