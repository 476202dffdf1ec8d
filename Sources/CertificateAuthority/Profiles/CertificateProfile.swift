package import Cryptography
package import Groundwork

/// What a certificate is for. One key never serves two purposes.
package enum CertificatePurpose: String, Codable, Sendable, CaseIterable, Hashable {
    case authentication
    case signature
    case encryption
    case officer
    case ocspResponder
    case timeStamping
    case service
    /// A certificate authority's own.
    case authority
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
    package var ocspNoCheck: Bool
    package var accepts: Acceptance

    package struct SubjectRule: Codable, Sendable, Hashable {
        package var required: [SubjectAttribute]
        package var optional: [SubjectAttribute]
        package var unifiedSocialCreditCode: Bool
    }

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
            throw Refusal(CertificateAuthorityRefusal.malformedPolicy, detail: defect, facts: ["file": file])
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
            if purpose == .signature, !usage.contains(.nonRepudiation) {
                return "keyUsage: a signature certificate has nonRepudiation"
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
        guard purpose != .authority else { return "purpose: only the hierarchy makes authorities" }
        guard (1...20_000).contains(validityDays) else { return "validityDays: expected 1 to 20000" }
        guard subject.required.contains(.commonName) else { return "subject: commonName is required" }
        guard statusAddresses || ocspNoCheck else { return "a certificate without status addresses needs ocspNoCheck" }
        return nil
    }
}
