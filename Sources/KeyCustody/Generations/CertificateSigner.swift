package import CertificateProfiles
package import Cryptography
internal import Groundwork

/// A key that signs certificates: only such as passed the rules, each on its own ``IssuancePermit``.
package struct CertificateSigner: Sendable {
    private let signer: any Signer

    /// For the ceremony's own keys; a generation in use gives its own (``Issuer/certificateSigner()``).
    package init(_ signer: any Signer) { self.signer = signer }

    package var publicKey: PublicKey { signer.publicKey }

    /// The one place where a certificate is signed.
    /// - Throws: what the key's custody refuses.
    package func sign(_ permit: consuming IssuancePermit) async throws -> Certificate {
        let signature = try await signer.sign(permit.body)
        Counted.signatures.add("certificate")
        return permit.certificate(signature: signature)
    }
}
