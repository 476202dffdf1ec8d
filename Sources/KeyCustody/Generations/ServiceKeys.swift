package import CertificateProfiles
package import CertificateRecords
package import Cryptography
package import Groundwork

/// One of the authority's own keys with its certificate.
package struct ServiceKey: Sendable {
    package let role: ServiceRole
    /// The generation that certified it.
    package let issuer: String
    package let certificate: Certificate
    package let signer: any Signer
    /// Whether its certificate is active, and what stands above it; only then it signs. A responder goes on answering
    /// for what a revoked generation issued.
    package var isActive = true
    /// Since when what it signs proves nothing by itself: its certificate, or one above it, is revoked or held since
    /// then, or the key is said to have been misused since then. `nil` while it stands.
    package var endsAt: Instant?

    /// The one place where an OCSP answer is signed; the responder's certificate comes with it.
    package func sign(_ permit: consuming ResponsePermit) async throws -> [UInt8] {
        let body = permit.body
        let signature = try await signer.sign(body)
        Counted.signatures.add("ocsp-response")
        return OCSPResponse.assemble(
            body: body, algorithm: signer.algorithm, signature: signature, certificates: [certificate])
    }
}

/// The service keys as they are at this moment, the newest last. Only ``all`` names those that sign no more.
package struct ServiceKeys: Sendable {
    private let current: @Sendable () -> [ServiceKey]

    package init(_ directory: AuthorityDirectory) { current = { directory.services } }

    package var all: [ServiceKey] { current() }

    package func keys(_ role: ServiceRole, issuer: String? = nil) -> [ServiceKey] {
        current().filter { $0.isActive && $0.role == role && (issuer == nil || $0.issuer == issuer) }
    }

    package func newest(_ role: ServiceRole, issuer: String? = nil) -> ServiceKey? {
        current().last { $0.isActive && $0.role == role && (issuer == nil || $0.issuer == issuer) }
    }
}
