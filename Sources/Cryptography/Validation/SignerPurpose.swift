/// What a certificate must be for when something that it signed is relied on: judged beside the path, of every signer.
package enum SignerPurpose: String, Sendable, CaseIterable {
    /// Nothing is asked of the certificate; an authority's is accepted too.
    case any
    /// A TLS client or a login: digitalSignature, clientAuth.
    case clientAuthentication = "client-authentication"
    /// A TLS server: digitalSignature, serverAuth.
    case serverAuthentication = "server-authentication"
    /// A signature that binds its holder: nonRepudiation.
    case documentSigning = "document-signing"
    /// What a service or a seal's maker signs: digitalSignature.
    case serviceSigning = "service-signing"
    /// RFC 3161, 2.3: digitalSignature or nonRepudiation, timeStamping alone and critical.
    case timeStamping = "time-stamping"
    /// RFC 6960, 4.2.2.2: digitalSignature or nonRepudiation, OCSPSigning.
    case ocspSigning = "ocsp-signing"

    /// Why the certificate does not serve the purpose; `nil` if it does.
    package func defect(of certificate: Certificate) -> String? {
        guard self != .any else { return nil }
        guard !certificate.isAuthority else { return "a certificate authority's own certificate" }
        let usage = certificate.keyUsage ?? Set(KeyUsage.allCases)
        guard !usage.isDisjoint(with: usages) else {
            return "keyUsage has none of \(usages.map(\.rawValue).sorted().joined(separator: ", "))"
        }
        guard let extended else { return nil }
        let found = certificate.extendedKeyUsage
        guard found.contains(extended) else { return "extendedKeyUsage lacks \(extended)" }
        if self == .timeStamping {
            guard found == [extended], certificate.value(of: .extendedKeyUsage)?.critical == true else {
                return "timeStamping stands not alone, or not critical"
            }
        }
        return nil
    }

    private var usages: Set<KeyUsage> {
        switch self {
        case .any, .timeStamping, .ocspSigning: [.digitalSignature, .nonRepudiation]
        case .clientAuthentication, .serverAuthentication, .serviceSigning: [.digitalSignature]
        case .documentSigning: [.nonRepudiation]
        }
    }

    private var extended: OID? {
        switch self {
        case .any, .documentSigning, .serviceSigning: nil
        case .clientAuthentication: .clientAuth
        case .serverAuthentication: .serverAuth
        case .timeStamping: .timeStamping
        case .ocspSigning: .ocspSigning
        }
    }
}
