package import Cryptography
internal import Groundwork

/// One rule about certificates, with the clause it comes from. Each has a file of its own under `Rules`.
package struct LintRule: Sendable {
    /// Kebab case; never renamed, for the CP/CPS and audits name it.
    package let id: String
    package let citation: String
    package let severity: Severity
    /// Certificates whose validity began earlier are not judged by it: `yyyy-mm-dd`.
    package let since: String
    /// What is wrong, in a few words each; empty if the certificate keeps the rule or the rule does not concern it.
    package let check: @Sendable (LintTarget) -> [String]

    package enum Severity: String, Sendable, Codable, CaseIterable, Comparable {
        case notice, warning, error
        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }
        private var rank: Int {
            switch self {
            case .notice: 0
            case .warning: 1
            case .error: 2
            }
        }
    }
}

/// A certificate and what is known about how it came to be.
package struct LintTarget: Sendable {
    package let certificate: Certificate
    package let context: LintContext

    package var kind: LintKind { LintKind(of: certificate) }
}

/// What the signer knows and a stranger's file does not tell. A rule that needs what is missing stays silent.
package struct LintContext: Sendable {
    package var issuer: Certificate?
    package var profile: CertificateProfile?
    package var policy: CertificatePolicy?
    package var addresses: StatusAddresses?
    package var generation: String?
    package var shards: Int?

    package init(
        issuer: Certificate? = nil, profile: CertificateProfile? = nil, policy: CertificatePolicy? = nil,
        addresses: StatusAddresses? = nil, generation: String? = nil, shards: Int? = nil
    ) {
        self.issuer = issuer
        self.profile = profile
        self.policy = policy
        self.addresses = addresses
        self.generation = generation
        self.shards = shards
    }

    package static let stranger = LintContext()
}

/// What a certificate is, by its own word alone.
package enum LintKind: Sendable, Hashable {
    case root, authority, ocspResponder, timeStamping, signature, encryption, endEntity

    init(of certificate: Certificate) {
        let usage = certificate.keyUsage ?? []
        if certificate.isAuthority {
            self = certificate.isSelfIssued ? .root : .authority
        } else if certificate.extendedKeyUsage.contains(.ocspSigning) {
            self = .ocspResponder
        } else if certificate.extendedKeyUsage.contains(.timeStamping) {
            self = .timeStamping
        } else if usage.contains(.nonRepudiation) {
            self = .signature
        } else if !usage.isDisjoint(with: [.keyEncipherment, .dataEncipherment, .keyAgreement]) {
            self = .encryption
        } else {
            self = .endEntity
        }
    }

    package var isAuthority: Bool { self == .root || self == .authority }
}

/// One thing that a rule found.
package struct LintFinding: Sendable, Hashable, Codable {
    package let rule: String
    package let citation: String
    package let severity: LintRule.Severity
    package let text: String
}
