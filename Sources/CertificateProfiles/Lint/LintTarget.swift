package import Cryptography

/// A certificate and what is known about how it came to be. Read once; every rule looks at the same facts.
package final class LintTarget: Sendable {
    package let certificate: Certificate
    package let context: LintContext
    package let kind: LintKind
    /// The bits of keyUsage; none if there is no keyUsage.
    let usage: Set<KeyUsage>
    /// Whether it has a signature already: before it is signed, there is nothing to verify.
    var isSigned: Bool { !certificate.signature.isEmpty }
    /// Whether it is, or is to be, one of ours: what only we promise is asked of ours alone.
    var isOurs: Bool { context.generation != nil }

    package init(certificate: Certificate, context: LintContext) {
        self.certificate = certificate
        self.context = context
        kind = LintKind(of: certificate)
        usage = certificate.keyUsage ?? []
    }
}

/// What the signer knows and a third party's file does not tell. A rule that needs what is missing stays silent.
package final class LintContext: Sendable {
    package let issuer: Certificate?
    package let form: ProfileForm?
    package let policy: CertificatePolicy?
    package let addresses: StatusAddresses?
    package let generation: String?
    package let shards: Int?
    /// The two addresses that every certificate of the generation has, written once.
    let responderAddress: String?
    let issuerAddress: String?

    package var profile: CertificateProfile? { form?.profile }

    package convenience init(
        issuer: Certificate? = nil, profile: CertificateProfile? = nil, policy: CertificatePolicy? = nil,
        addresses: StatusAddresses? = nil, generation: String? = nil, shards: Int? = nil
    ) {
        self.init(
            issuer: issuer, form: profile.map { ProfileForm($0, codes: policy?.unifiedSocialCreditCode ?? []) },
            policy: policy, addresses: addresses, generation: generation, shards: shards)
    }

    package init(
        issuer: Certificate?, form: ProfileForm?, policy: CertificatePolicy?, addresses: StatusAddresses?,
        generation: String?, shards: Int?
    ) {
        self.issuer = issuer
        self.form = form
        self.policy = policy
        self.addresses = addresses
        self.generation = generation
        self.shards = shards
        responderAddress = generation.flatMap { generation in addresses?.responder(generation) }
        issuerAddress = generation.flatMap { generation in addresses?.issuer(generation) }
    }

    package static let stranger = LintContext()
}

/// What a certificate is, by its own word alone.
package enum LintKind: Sendable, Hashable {
    case root, authority, ocspResponder, timeStamping, signature, encryption, server, endEntity

    init(of certificate: Certificate) {
        let usage = certificate.keyUsage ?? []
        if certificate.isAuthority {
            self = certificate.isSelfIssued ? .root : .authority
        } else if certificate.extendedKeyUsage.contains(.ocspSigning) {
            self = .ocspResponder
        } else if certificate.extendedKeyUsage.contains(.timeStamping) {
            self = .timeStamping
        } else if certificate.extendedKeyUsage.contains(.serverAuth) {
            self = .server
        } else if usage.contains(.nonRepudiation) {
            self = .signature
        } else if usage.contains(.keyEncipherment) || usage.contains(.dataEncipherment)
            || usage.contains(.keyAgreement)
        {
            self = .encryption
        } else {
            self = .endEntity
        }
    }

    package var isAuthority: Bool { self == .root || self == .authority }
}
