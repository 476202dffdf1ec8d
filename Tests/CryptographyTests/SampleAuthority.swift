import Cryptography
import Groundwork

/// A small authority of one family with good defaults, which each test bends.
struct SampleAuthority {
    let family: AlgorithmFamily
    let now: Instant
    let rootKey: PrivateKey
    let root: Certificate
    let issuerKey: PrivateKey
    let issuer: Certificate
    let subscriberKey: PrivateKey
    let subscriber: Certificate
    let responderKey: PrivateKey
    let responder: Certificate
    let stamperKey: PrivateKey
    let stamper: Certificate

    static let shard = "http://127.0.0.1/crl/1/7.crl"

    /// Made once for each family and run: RSA keys take their time.
    static func of(_ family: AlgorithmFamily) async throws -> SampleAuthority {
        try await made[family]!.value
    }
    private static let made: [AlgorithmFamily: Task<SampleAuthority, any Error>] = Dictionary(
        uniqueKeysWithValues: AlgorithmFamily.allCases.map { family in
            (family, Task { try await SampleAuthority(family) })
        })

    init(_ family: AlgorithmFamily) async throws {
        self.family = family
        let now = Surroundings.real.now()
        self.now = now
        rootKey = try PrivateKey.generate(family)
        issuerKey = try PrivateKey.generate(family)
        subscriberKey = try PrivateKey.generate(family)
        responderKey = try PrivateKey.generate(family)
        stamperKey = try PrivateKey.generate(family)
        let rootName = SampleAuthority.name("样本根")
        let issuerName = SampleAuthority.name("样本签发机构")
        func certificate(
            _ subject: DistinguishedName, _ key: PrivateKey, by issuer: DistinguishedName, _ issuerKey: PrivateKey,
            _ extensions: [CertificateExtension]
        ) async throws -> Certificate {
            try await CertificateBody(
                serialNumber: .random(in: .real), signatureAlgorithm: family.signatureAlgorithm, issuer: issuer,
                notBefore: now.adding(days: -1), notAfter: now.adding(days: 30), subject: subject,
                publicKey: key.publicKey,
                extensions: [.subjectKeyIdentifier(key.publicKey.keyIdentifier)]
                    + (issuer == subject ? [] : [.authorityKeyIdentifier(issuerKey.publicKey.keyIdentifier)])
                    + extensions
            ).signed(by: SoftwareSigner(issuerKey))
        }
        root = try await certificate(
            rootName, rootKey, by: rootName, rootKey,
            [.basicConstraints(.certificateAuthority(maxPathLength: nil)), .keyUsage([.keyCertSign, .cRLSign])])
        issuer = try await certificate(
            issuerName, issuerKey, by: rootName, rootKey,
            [
                .basicConstraints(.certificateAuthority(maxPathLength: 0)),
                .keyUsage([.keyCertSign, .cRLSign]), .certificatePolicies(["2.5.29.32.0"]),
            ])
        subscriber = try await certificate(
            SampleAuthority.name("上海示例有限公司"), subscriberKey, by: issuerName, issuerKey,
            [
                .basicConstraints(.endEntity), .keyUsage([.digitalSignature, .nonRepudiation]),
                .extendedKeyUsage([.emailProtection, .documentSigning]),
                .certificatePolicies(["1.2.156.112570.1.1"], cps: "http://127.0.0.1/cps"),
                .crlDistributionPoint(SampleAuthority.shard),
                .authorityInformationAccess(ocsp: "http://127.0.0.1/ocsp/1", caIssuers: "http://127.0.0.1/ca/1.cer"),
                .text(.organizationCode, "91310000631291289X", kind: .printable),
            ])
        responder = try await certificate(
            SampleAuthority.name("样本状态服务"), responderKey, by: issuerName, issuerKey,
            [
                .basicConstraints(.endEntity), .keyUsage([.digitalSignature]), .extendedKeyUsage([.ocspSigning]),
                .ocspNoCheck,
            ])
        stamper = try await certificate(
            SampleAuthority.name("样本时间戳服务"), stamperKey, by: issuerName, issuerKey,
            [
                .basicConstraints(.endEntity), .keyUsage([.digitalSignature]),
                .extendedKeyUsage([.timeStamping], critical: true),
            ])
    }

    static func name(_ commonName: String) -> DistinguishedName {
        DistinguishedName([
            .init(.countryName, "CN"), .init(.organizationName, "一证通样本"), .init(.commonName, commonName),
        ])
    }

    func crl(_ entries: [RevokedEntry], number: Int = 1) async throws -> [UInt8] {
        try await CertificateListBody(
            issuer: issuer.subject, signatureAlgorithm: family.signatureAlgorithm, number: number, thisUpdate: now,
            nextUpdate: now.adding(days: 1), entries: entries, issuingDistributionPoint: SampleAuthority.shard,
            authorityKeyIdentifier: issuer.keyIdentifier
        ).signed(by: SoftwareSigner(issuerKey))
    }

    func answer(_ request: OCSPRequest, _ status: OCSPStatus) async throws -> [UInt8] {
        try await OCSPResponseBody(
            responder: responder.publicKey, producedAt: now,
            responses: request.certificates.map {
                OCSPSingleResponse(
                    certificate: $0, status: status, thisUpdate: now, nextUpdate: now.adding(seconds: 3600))
            }, nonce: request.nonce
        ).signed(by: SoftwareSigner(responderKey), certificates: [responder])
    }

    func timeStamp(_ request: TimeStampRequest) async throws -> [UInt8] {
        let info = TimeStampInfo(
            policy: "1.2.156.112570.1.2", imprint: request.imprint, serialNumber: .random(in: .real), time: now,
            accuracyMilliseconds: 1250, nonce: request.nonce)
        return try await TimeStampToken.make(
            info, signer: SoftwareSigner(stamperKey), certificate: stamper, certificates: [issuer],
            includingCertificates: request.certificateRequested)
    }

    func seal(_ document: [UInt8], timeStamped: Bool = true) async throws -> [UInt8] {
        let draft = try SignedDataDraft(
            detachedOver: family.digest.hash(document), signer: subscriber, certificates: [issuer])
        let signature = try subscriberKey.sign(draft.bytesToSign)
        let request = TimeStampRequest(
            imprint: MessageImprint(of: signature, digest: family.digest), nonce: nil, certificateRequested: true)
        return draft.assembled(
            signature: signature, timeStampToken: timeStamped ? try await timeStamp(request) : nil)
    }
}
