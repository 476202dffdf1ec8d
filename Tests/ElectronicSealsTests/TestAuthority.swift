import Cryptography
import Groundwork

/// A small authority of software keys: a root, an issuing authority, and whatever it is asked to certify.
struct TestAuthority: Sendable {
    let family: AlgorithmFamily
    let root: Certificate
    let issuing: Certificate
    let issuingKey: PrivateKey
    let maker: PrivateKey
    let makerCertificate: Certificate
    let timeKey: PrivateKey
    let timeCertificate: Certificate

    enum Kind { case authentication, signature, maker, timeStamping }

    init(_ family: AlgorithmFamily, now: Instant) async throws {
        self.family = family
        let rootKey = try PrivateKey.generate(family)
        let rootName = Self.name("Test Root \(family.rawValue)")
        root = try await Self.make(
            rootKey.publicKey, subject: rootName, issuer: rootName, signedBy: rootKey, from: now.adding(days: -400),
            until: now.adding(days: 4000),
            [.basicConstraints(.certificateAuthority(maxPathLength: nil)), .keyUsage([.keyCertSign, .cRLSign])])
        issuingKey = try PrivateKey.generate(family)
        issuing = try await Self.make(
            issuingKey.publicKey, subject: Self.name("Test Issuing \(family.rawValue)"), issuer: rootName,
            signedBy: rootKey, from: now.adding(days: -400), until: now.adding(days: 3000),
            [.basicConstraints(.certificateAuthority(maxPathLength: 0)), .keyUsage([.keyCertSign, .cRLSign])])
        maker = try PrivateKey.generate(family)
        makerCertificate = try await Self.leaf(.maker, maker.publicKey, issuing, issuingKey, at: now)
        timeKey = try PrivateKey.generate(family)
        timeCertificate = try await Self.leaf(.timeStamping, timeKey.publicKey, issuing, issuingKey, at: now)
    }

    func certify(
        _ key: PublicKey, _ kind: Kind, uscc: String? = nil, at now: Instant, days: Int64 = 365
    ) async throws -> Certificate {
        try await Self.leaf(kind, key, issuing, issuingKey, uscc: uscc, at: now, days: days)
    }

    private static func leaf(
        _ kind: Kind, _ key: PublicKey, _ issuing: Certificate, _ issuingKey: PrivateKey, uscc: String? = nil,
        at now: Instant, days: Int64 = 365
    ) async throws -> Certificate {
        var extensions: [CertificateExtension] =
            switch kind {
            case .authentication: [.keyUsage([.digitalSignature]), .extendedKeyUsage([.clientAuth])]
            case .signature: [.keyUsage([.digitalSignature, .nonRepudiation])]
            case .maker: [.keyUsage([.digitalSignature])]
            case .timeStamping: [.keyUsage([.digitalSignature]), .extendedKeyUsage([.timeStamping], critical: true)]
            }
        if let uscc {
            extensions.append(
                CertificateExtension(oid: .organizationCode, critical: false, value: DER.printableString(uscc)))
        }
        return try await make(
            key, subject: name("\(kind) \(uscc ?? "")"), issuer: issuing.subject, signedBy: issuingKey,
            from: now.adding(days: -1), until: now.adding(days: days), extensions)
    }

    private static func name(_ common: String) -> DistinguishedName {
        DistinguishedName([.init(.countryName, "CN", kind: .printable), .init(.commonName, common)])
    }

    private static func make(
        _ key: PublicKey, subject: DistinguishedName, issuer: DistinguishedName, signedBy signing: PrivateKey,
        from: Instant, until: Instant, _ extensions: [CertificateExtension]
    ) async throws -> Certificate {
        try await CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: signing.family.signatureAlgorithm, issuer: issuer,
            notBefore: from.truncatedToSecond, notAfter: until.truncatedToSecond, subject: subject, publicKey: key,
            extensions: extensions + [
                .subjectKeyIdentifier(key.keyIdentifier),
                .authorityKeyIdentifier(signing.publicKey.keyIdentifier),
            ]
        ).signed(by: SoftwareSigner(signing))
    }
}
