/// A private key, wherever it is: in this process, in an HSM, on a card.
package protocol Signer: Sendable {
    var algorithm: SignatureAlgorithm { get }
    var publicKey: PublicKey { get }
    /// Signs the message (not its digest).
    func sign(_ message: [UInt8]) async throws -> [UInt8]
}

/// A signer whose key is in this process. A signature takes under two milliseconds, so it stays on the caller's thread.
package struct SoftwareSigner: Signer {
    private let key: PrivateKey

    package init(_ key: PrivateKey) { self.key = key }

    package var algorithm: SignatureAlgorithm { key.family.signatureAlgorithm }
    package var publicKey: PublicKey { key.publicKey }
    package func sign(_ message: [UInt8]) async throws -> [UInt8] { try key.sign(message) }
}
