package import Cryptography
internal import Groundwork

extension Certificate {
    /// digitalSignature and clientAuth, never nonRepudiation.
    package var isForLogin: Bool {
        guard let usage = keyUsage else { return false }
        return usage.contains(.digitalSignature) && !usage.contains(.nonRepudiation)
            && extendedKeyUsage.contains("1.3.6.1.5.5.7.3.2")
    }

    /// nonRepudiation, never clientAuth.
    package var isForDocuments: Bool {
        guard let usage = keyUsage else { return false }
        return usage.contains(.nonRepudiation) && !extendedKeyUsage.contains("1.3.6.1.5.5.7.3.2")
    }
}

/// A holder's signature key as a Signer, for the stamping of documents: it signs signed attributes and nothing else.
package struct DocumentSigner: Signer {
    private let medium: any HolderMedium
    package let certificate: Certificate
    package let algorithm: SignatureAlgorithm

    /// `nil` if the certificate's key is of no family of ours.
    package init?(_ medium: any HolderMedium, certificate: Certificate) {
        guard let family = certificate.publicKey.family else { return nil }
        self.medium = medium
        self.certificate = certificate
        self.algorithm = family.signatureAlgorithm
    }

    package var publicKey: PublicKey { certificate.publicKey }

    package func sign(_ message: [UInt8]) async throws -> [UInt8] {
        try await medium.signDocument(attributes: message, certificate: certificate)
    }
}
