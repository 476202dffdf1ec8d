internal import Cryptography
internal import Groundwork
internal import Synchronization

/// A key whose place was away when it was looked for, or that is opened when it is first asked. Its certificate says
/// what its public half is; the key itself is looked for with each signature until it is found, and is then used as if
/// it had always been there.
final class AwaitedSigner: Signer {
    let publicKey: PublicKey
    let algorithm: SignatureAlgorithm
    private let name: String
    private let find: @Sendable () async throws -> any Signer
    private let found = Mutex<(any Signer)?>(nil)

    /// - Parameter find: throws while the place is away.
    init(
        _ name: String, publicKey: PublicKey, family: AlgorithmFamily,
        find: @escaping @Sendable () async throws -> any Signer
    ) {
        self.name = name
        self.publicKey = publicKey
        self.find = find
        algorithm = family.signatureAlgorithm
    }

    func sign(_ message: [UInt8]) async throws -> [UInt8] { try await signer().sign(message) }

    private func signer() async throws -> any Signer {
        if let known = found.withLock({ $0 }) { return known }
        let signer = try await find()
        guard signer.publicKey == publicKey else {
            throw Refusal(KeyCustodyRefusal.wrongKeyFile, facts: ["key": name])
        }
        found.withLock { $0 = signer }
        return signer
    }
}
