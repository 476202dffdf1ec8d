package import Cryptography
package import Groundwork

/// What a certificate is for. One key never serves two purposes.
package enum CertificatePurpose: String, Codable, Sendable, CaseIterable, Hashable {
    case authentication
    case signature
    case encryption
    case officer
    /// A department's application towards the authority and other departments.
    case departmentServer
    /// A department's seal, whose key is in the department's own device.
    case departmentSeal
    case tlsServer
    case ocspResponder
    case timeStamping
    case sealMaker
    case service
    /// A certificate authority's own.
    case authority

    /// Whether what it signs binds the holder (电子签名法 art. 14).
    package var isSignature: Bool { self == .signature || self == .departmentSeal }

    /// The authority's own: its certificates are in nobody's hand but its own, and prove everything else.
    package var isAuthoritysOwn: Bool {
        switch self {
        case .authority, .ocspResponder, .timeStamping, .service, .sealMaker: true
        case .authentication, .signature, .encryption, .officer, .departmentServer, .departmentSeal, .tlsServer: false
        }
    }
}

/// Who has certificates of a profile issued.
package enum IssuanceOrder: String, Codable, Sendable, CaseIterable, Hashable {
    /// The plan of a security key, under the order that it stands on.
    case plan
    /// Two officers, for a colleague.
    case officerOrder
    /// Two officers, for a server or a department's device.
    case serviceOrder
    /// The ceremony and the authority itself, for its own keys.
    case ceremony
    /// Nobody yet: the form is fixed, issuing is not open.
    case nobody
}

/// The form of one kind of certificate: `Policies/profiles/<id>.yaml`.
package struct CertificateProfile: Codable, Sendable, Hashable {
    package var id: String
    package var title: LocalisedText
    package var purpose: CertificatePurpose
    package var subject: SubjectRule
    /// For each family by its command-line name.
    package var keyUsage: [String: [KeyUsage]]
    package var extendedKeyUsage: [String]
    package var extendedKeyUsageCritical: Bool
    package var policies: [String]
    package var validityDays: Int
    package var activation: Activation
    /// Whether the certificate carries the addresses of its revocation list, responder and issuer.
    package var statusAddresses: Bool
    /// Whether it also carries the address of its list's deltas (RFC 5280, 4.2.1.15); left out: it does not.
    package var freshestList: Bool?
    package var ocspNoCheck: Bool
    package var accepts: Acceptance
    /// `nil`: as its purpose has it.
    package var issuedBy: IssuanceOrder?

    package struct SubjectRule: Codable, Sendable, Hashable {
        package var required: [SubjectAttribute]
        package var optional: [SubjectAttribute]
        package var unifiedSocialCreditCode: Bool
        /// Whether the certificate names servers (dNSName); left out: it does not.
        package var serverNames: Bool?
    }

    package var namesFreshestList: Bool { freshestList ?? false }
    package var namesServers: Bool { subject.serverNames ?? false }

    /// Who has it issued.
    package var order: IssuanceOrder { issuedBy ?? purpose.usualOrder }

    package enum Activation: String, Codable, Sendable, Hashable {
        /// Issued certificates are refused by login and sealing until the holder's key has proved itself again.
        case required
        case none
    }

    /// Which keys may be certified.
    package struct Acceptance: Codable, Sendable, Hashable {
        package var origins: [String]
        /// Card models; `*` is any.
        package var models: [String]
    }

    package static func decode(_ text: String, file: String) throws(Refusal) -> CertificateProfile {
        let profile = try StrictYAML.decode(CertificateProfile.self, from: text, file: file)
        if let defect = profile.defect {
            throw Refusal(CertificateProfilesRefusal.malformedPolicy, detail: defect, facts: ["file": file])
        }
        return profile
    }

    private var defect: String? {
        for family in AlgorithmFamily.allCases {
            guard let usage = keyUsage[family.rawValue], !usage.isEmpty else {
                return "keyUsage: none for \(family.rawValue)"
            }
            if purpose == .authentication, usage.contains(.nonRepudiation) {
                return "keyUsage: an authentication certificate never has nonRepudiation"
            }
            if purpose.isSignature, !usage.contains(.nonRepudiation) {
                return "keyUsage: a signature certificate has nonRepudiation"
            }
            if purpose == .encryption, !Set(usage).isDisjoint(with: [.digitalSignature, .nonRepudiation]) {
                return "keyUsage: what encrypts does not sign"
            }
            if usage.contains(.keyCertSign) || usage.contains(.cRLSign) {
                return "keyUsage: only the hierarchy makes authorities"
            }
        }
        guard keyUsage.count == AlgorithmFamily.allCases.count else { return "keyUsage: a family that does not exist" }
        guard (extendedKeyUsage + policies).allSatisfy({ (try? OID(validating: $0)) != nil }) else {
            return "an object identifier is malformed"
        }
        guard !policies.isEmpty else { return "policies: expected at least one" }
        guard issuedBy.map({ $0 == purpose.usualOrder || $0 == .nobody }) ?? true else {
            return "issuedBy: expected \(purpose.usualOrder.rawValue) or nobody"
        }
        guard namesServers == extendedKeyUsage.contains(CertificateProfile.serverAuth) else {
            return "serverNames and serverAuth go together"
        }
        guard namesServers || ![.tlsServer, .departmentServer].contains(purpose) else {
            return "subject: a server is named"
        }
        guard purpose != .authority else { return "purpose: only the hierarchy makes authorities" }
        guard (1...20_000).contains(validityDays) else { return "validityDays: expected 1 to 20000" }
        guard subject.required.contains(.commonName) else { return "subject: commonName is required" }
        guard statusAddresses || !namesFreshestList else { return "freshestList: a delta belongs to a list" }
        guard statusAddresses || ocspNoCheck else { return "a certificate without status addresses needs ocspNoCheck" }
        return nil
    }

    private static let serverAuth = "1.3.6.1.5.5.7.3.1"
}

extension CertificatePurpose {
    /// Who has certificates of this purpose issued. A profile can close itself; it cannot give the order to others.
    fileprivate var usualOrder: IssuanceOrder {
        switch self {
        case .authentication, .signature, .encryption: .plan
        case .officer: .officerOrder
        case .departmentServer, .departmentSeal, .tlsServer: .serviceOrder
        case .ocspResponder, .timeStamping, .sealMaker, .service, .authority: .ceremony
        }
    }
}
