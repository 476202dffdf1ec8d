internal import CertificateProfiles
internal import CreditCodes
internal import Cryptography
internal import Groundwork
internal import KeyCustody

/// From a profile and a request to the body of a certificate. Pure: no store, no clock, no randomness.
struct CertificateDraft {
    let form: ProfileForm
    let policy: CertificatePolicy
    let issuer: Issuer
    let subject: SubjectDetails
    let publicKey: PublicKey
    let notBefore: Instant
    let notAfter: Instant

    var profile: CertificateProfile { form.profile }

    func body(_ serial: SerialNumber) throws(Refusal) -> CertificateBody {
        guard let family = publicKey.family, family == issuer.family else {
            throw Refusal(KeyCustodyRefusal.wrongFamily)
        }
        return CertificateBody(
            serialNumber: serial, signatureAlgorithm: family.signatureAlgorithm, issuer: issuer.certificate.subject,
            notBefore: notBefore, notAfter: notAfter, subject: try name(), publicKey: publicKey,
            extensions: try extensions(serial, family: family))
    }

    /// The subject in the profile's words: nothing missing, nothing that the profile does not have.
    func name() throws(Refusal) -> DistinguishedName {
        var attributes: [DistinguishedName.Attribute] = []
        for attribute in SubjectAttribute.allCases {
            if attribute == .organizationIdentifier {
                guard profile.subject.unifiedSocialCreditCode else { continue }
                guard let identifier = policy.organizationIdentifier.value(for: try code()) else {
                    throw Refusal(IssuanceRefusal.codeMissing, detail: "no scheme for this code")
                }
                attributes.append(.init(attribute.oid, identifier, kind: .utf8))
                continue
            }
            let value = subject.value(of: attribute)
            let required = form.required.contains(attribute)
            guard required || form.allowed.contains(attribute) || value == nil else {
                throw Refusal(
                    IssuanceRefusal.subjectIncomplete, detail: "not in profile \(profile.id)",
                    facts: ["attribute": attribute.rawValue])
            }
            guard let value, !value.isEmpty else {
                guard !required else {
                    throw Refusal(
                        IssuanceRefusal.subjectIncomplete, facts: ["attribute": attribute.rawValue])
                }
                continue
            }
            attributes.append(.init(attribute.oid, value, kind: attribute == .country ? .printable : .utf8))
        }
        return DistinguishedName(attributes)
    }

    private func code() throws(Refusal) -> String {
        guard let entity = subject.entity else { throw Refusal(IssuanceRefusal.codeMissing) }
        return entity.text
    }

    private func extensions(
        _ serial: SerialNumber, family: AlgorithmFamily
    ) throws(Refusal) -> [CertificateExtension] {
        var extensions: [CertificateExtension] = [
            .authorityKeyIdentifier(issuer.certificate.keyIdentifier),
            .subjectKeyIdentifier(publicKey.keyIdentifier),
        ]
        extensions += form.fixedExtensions(family)
        if profile.statusAddresses {
            let shard = Shard.number(of: serial, among: issuer.shards)
            extensions += [
                .crlDistributionPoint(issuer.addresses.list(issuer.generation, shard: shard)),
                .authorityInformationAccess(
                    ocsp: issuer.addresses.responder(issuer.generation),
                    caIssuers: issuer.addresses.issuer(issuer.generation)),
            ]
        }
        if profile.namesFreshestList {
            let shard = Shard.number(of: serial, among: issuer.shards)
            extensions.append(
                .freshestList(issuer.addresses.list(issuer.generation, CRLName(.shard(shard), .delta))))
        }
        if profile.namesServers {
            extensions.append(.subjectAlternativeName(try serverNames().map { .dns($0) }))
        }
        if !form.codes.isEmpty {
            let code = try code()
            extensions += form.codes.map { .text($0.oid, code, kind: $0.kind) }
        }
        return extensions
    }

    /// The servers that it names: at least one, none twice, each in the form of ``ServerName``.
    private func serverNames() throws(Refusal) -> [String] {
        let names = subject.serverNames
        guard !names.isEmpty, names.count <= 100, Set(names).count == names.count else {
            throw Refusal(IssuanceRefusal.serverNames, facts: ["names": names.joined(separator: ", ")])
        }
        if let bad = names.first(where: { !ServerName.isSound($0) }) {
            throw Refusal(IssuanceRefusal.serverNames, facts: ["names": bad])
        }
        return names
    }

    /// What can be refused before a serial number is spent on it.
    func check() throws(Refusal) {
        _ = try name()
        if profile.namesServers {
            _ = try serverNames()
        } else if !subject.serverNames.isEmpty {
            throw Refusal(
                IssuanceRefusal.subjectIncomplete, detail: "not in profile \(profile.id)",
                facts: ["attribute": "serverNames"])
        }
    }

    var lintContext: LintContext {
        LintContext(
            issuer: issuer.certificate, form: form, policy: policy, addresses: issuer.addresses,
            generation: issuer.generation, shards: issuer.shards)
    }
}
