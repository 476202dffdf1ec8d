package import Cryptography
package import Groundwork

/// A small authority of software keys: a root, an issuing authority, and whatever it is asked to certify.
package struct TestAuthority: Sendable {
    package let family: AlgorithmFamily
    package let root: Certificate
    package let issuing: Certificate
    package let issuingKey: PrivateKey
    package let service: (key: PrivateKey, certificate: Certificate)
    package let responder: (key: PrivateKey, certificate: Certificate)

    package let timeKey: PrivateKey
    package let timeCertificate: Certificate

    package enum Kind { case authentication, signature, service, responder, timeStamping }

    package init(_ family: AlgorithmFamily, now: Instant) async throws {
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
        let serviceKey = try PrivateKey.generate(family)
        let responderKey = try PrivateKey.generate(family)
        service = (serviceKey, try await Self.leaf(.service, serviceKey.publicKey, issuing, issuingKey, at: now))
        timeKey = try PrivateKey.generate(family)
        timeCertificate = try await Self.leaf(.timeStamping, timeKey.publicKey, issuing, issuingKey, at: now)
        responder = (
            responderKey, try await Self.leaf(.responder, responderKey.publicKey, issuing, issuingKey, at: now)
        )
    }

    package func certify(
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
            case .service: [.keyUsage([.digitalSignature])]
            case .timeStamping: [.keyUsage([.digitalSignature]), .extendedKeyUsage([.timeStamping], critical: true)]
            case .responder: [.keyUsage([.digitalSignature]), .extendedKeyUsage([.ocspSigning])]
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
