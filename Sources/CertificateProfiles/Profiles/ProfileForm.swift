package import Cryptography

/// What a profile asks of its certificates, worked out once for all of them: identifiers instead of texts, and the
/// extensions that are the same in each.
package final class ProfileForm: Sendable {
    package let profile: CertificateProfile
    let extendedKeyUsage: [OID]
    let policies: [OID]
    /// The extensions that carry the credit code, where the profile has it.
    package let codes: [Code]
    package let required: Set<SubjectAttribute>
    /// Required or optional; the identifier that follows from the code too.
    package let allowed: Set<SubjectAttribute>
    /// Every extension that a certificate of the profile has, and no other.
    let extensions: Set<OID>
    private let keyUsage: [AlgorithmFamily: Set<KeyUsage>]
    private let fixed: [AlgorithmFamily: [CertificateExtension]]

    package struct Code: Sendable {
        package let oid: OID
        package let kind: DistinguishedName.Attribute.Kind
        /// The identifier byte of the string.
        var tag: UInt8 { kind == .printable ? 0x13 : 0x0C }
    }

    /// A text that is no identifier is left out: the profile and the policy were checked when they were read.
    package init(_ profile: CertificateProfile, codes forms: [CertificatePolicy.CodeExtension]) {
        self.profile = profile
        func identifiers(_ texts: [String]) -> [OID] { texts.compactMap { try? OID(validating: $0) } }
        extendedKeyUsage = identifiers(profile.extendedKeyUsage)
        policies = identifiers(profile.policies)
        let hasCode = profile.subject.unifiedSocialCreditCode
        codes =
            !hasCode
            ? []
            : forms.compactMap { form in
                (try? OID(validating: form.oid)).map {
                    Code(oid: $0, kind: form.string == .printable ? .printable : .utf8)
                }
            }
        required = Set(profile.subject.required + (hasCode ? [.organizationIdentifier] : []))
        allowed = required.union(profile.subject.optional)
        var extensions: Set<OID> = [
            .authorityKeyIdentifier, .subjectKeyIdentifier, .basicConstraints, .keyUsage, .certificatePolicies,
        ]
        if !extendedKeyUsage.isEmpty { extensions.insert(.extendedKeyUsage) }
        if profile.statusAddresses { extensions.formUnion([.crlDistributionPoints, .authorityInformationAccess]) }
        if profile.namesFreshestList { extensions.insert(.freshestCRL) }
        if profile.ocspNoCheck { extensions.insert(.ocspNoCheck) }
        if profile.namesServers { extensions.insert(.subjectAlternativeName) }
        self.extensions = extensions.union(codes.map(\.oid))
        var usages: [AlgorithmFamily: Set<KeyUsage>] = [:]
        var fixed: [AlgorithmFamily: [CertificateExtension]] = [:]
        for family in AlgorithmFamily.allCases {
            let usage = Set(profile.keyUsage[family.rawValue] ?? [])
            usages[family] = usage
            fixed[family] =
                [.basicConstraints(.endEntity, critical: false), .keyUsage(usage)]
                + (extendedKeyUsage.isEmpty
                    ? [] : [.extendedKeyUsage(extendedKeyUsage, critical: profile.extendedKeyUsageCritical)])
                + [.certificatePolicies(policies)] + (profile.ocspNoCheck ? [.ocspNoCheck] : [])
        }
        keyUsage = usages
        self.fixed = fixed
    }

    func keyUsage(_ family: AlgorithmFamily) -> Set<KeyUsage> { keyUsage[family] ?? [] }

    /// What every certificate of the profile and family says alike.
    package func fixedExtensions(_ family: AlgorithmFamily) -> [CertificateExtension] { fixed[family] ?? [] }
}
