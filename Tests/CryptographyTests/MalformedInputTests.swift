import Cryptography
import Groundwork
import Testing

/// Whatever comes in, a parser answers or refuses; it never ends the process.
@Suite struct MalformedInputTests {
    private static let parsers:
        [(String, @Sendable (SampleAuthority) async throws -> [UInt8], @Sendable ([UInt8]) throws -> Void)] =
            [
                ("X.509", { $0.subscriber.der }, { _ = try Certificate(der: $0) }),
                ("SPKI", { $0.subscriberKey.publicKey.spki }, { _ = try PublicKey(spki: $0) }),
                ("DN", { $0.subscriber.subject.der }, { _ = try DistinguishedName(der: $0).description }),
                (
                    "PKCS#10",
                    {
                        let info = CertificateRequest.body(
                            subject: $0.subscriber.subject, publicKey: $0.subscriberKey.publicKey)
                        return CertificateRequest.assemble(
                            info: info, algorithm: $0.family.signatureAlgorithm,
                            signature: try $0.subscriberKey.sign(info))
                    }, { _ = try CertificateRequest(der: $0).signatureIsValid() }
                ),
                (
                    "CRL",
                    {
                        try await $0.crl([
                            RevokedEntry(
                                serialNumber: .random(in: .real), revokedAt: $0.now, reason: .keyCompromise)
                        ])
                    }, { _ = try CertificateList(der: $0) }
                ),
                (
                    "OCSP request",
                    {
                        OCSPRequest(
                            certificates: [OCSPCertID(issuer: $0.issuer, serialNumber: .random(in: .real))],
                            nonce: [1, 2]
                        ).der
                    }, { _ = try OCSPRequest(der: $0) }
                ),
                (
                    "OCSP response",
                    {
                        let name = OCSPCertID(issuer: $0.issuer, serialNumber: .random(in: .real))
                        let status = OCSPStatus.revoked(at: $0.now, reason: .superseded)
                        return try await $0.answer(OCSPRequest(certificates: [name], nonce: [1]), status)
                    }, { _ = try OCSPResponse(der: $0) }
                ),
                (
                    "RFC 3161 request",
                    { _ in
                        TimeStampRequest(
                            imprint: MessageImprint(of: [1], digest: .sm3), policy: "1.2.3", nonce: [9],
                            certificateRequested: true
                        ).der
                    }, { _ = try TimeStampRequest(der: $0) }
                ),
                (
                    "RFC 3161 response",
                    {
                        let request = TimeStampRequest(
                            imprint: MessageImprint(of: [1], digest: .sha256), nonce: [9], certificateRequested: false)
                        return TimeStampResponse.granted(token: try await $0.timeStamp(request))
                    }, { _ = try TimeStampResponse(der: $0) }
                ),
                (
                    "CMS", { try await $0.seal([1], timeStamped: false) },
                    { _ = try SignedData(der: $0).verify(contentDigest: [UInt8](repeating: 0, count: 32)) }
                ),
                (
                    "PKCS#8", { try $0.subscriberKey.plainPKCS8().withBytes { Array($0) } },
                    { _ = try PrivateKey(plainPKCS8: SecretBytes(copying: $0)) }
                ),
            ]

    @Test(arguments: parsers.indices)
    func everyPrefixAndEveryFlippedByte(index: Int) async throws {
        let (name, sample, parse) = MalformedInputTests.parsers[index]
        let authority = try await SampleAuthority.of(index.isMultiple(of: 2) ? .sm2 : .p256)
        let bytes = try await sample(authority)
        func isRefused(_ bytes: [UInt8]) throws -> Bool {
            do { try parse(bytes) } catch is Refusal { return true }
            return false
        }
        let accepted = try (0..<bytes.count).filter { try !isRefused(Array(bytes[..<$0])) }
        #expect(accepted == [], "prefixes of \(name)")
        #expect(try isRefused(bytes + [0]), "\(name) with a byte after it")
        // A flipped byte may leave another valid structure; what counts is that there is an answer.
        for position in bytes.indices {
            for mask: UInt8 in [0x01, 0x80] {
                var altered = bytes
                altered[position] ^= mask
                _ = try isRefused(altered)
            }
        }
    }

    @Test func deepNestingAndHugeLengthsAreRefused() {
        let deep = (0..<20_000).reduce(into: [UInt8]()) { bytes, _ in bytes += [0x30, 0x80] }
        var nested: [UInt8] = []
        for _ in 0..<500 { nested = DER.sequence([nested]) }
        let huge: [UInt8] = [0x30, 0x88, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
        for bytes in [deep, nested, huge, [0x30], [], [0x1F, 0xFF], [0x30, 0x84, 0xFF, 0xFF, 0xFF, 0xFF]] {
            for (_, _, parse) in MalformedInputTests.parsers { #expect(throws: Refusal.self) { try parse(bytes) } }
        }
        let large = DER.sequence([DER.octetString([UInt8](repeating: 0, count: 1 << 17))])
        #expect(throws: Refusal(CryptographyRefusal.tooLarge)) { _ = try Certificate(der: large) }
        #expect(throws: Refusal(CryptographyRefusal.tooLarge)) { _ = try OCSPRequest(der: large) }
    }

    @Test func tooManyQuestionsAreRefused() async throws {
        let authority = try await SampleAuthority.of(.p256)
        let names = (0..<101).map { _ in OCSPCertID(issuer: authority.issuer, serialNumber: .random(in: .real)) }
        #expect(throws: Refusal(CryptographyRefusal.tooLarge)) {
            _ = try OCSPRequest(der: OCSPRequest(certificates: names, nonce: nil).der)
        }
        #expect(throws: Refusal.self) { _ = try OCSPRequest(der: OCSPRequest(certificates: [], nonce: nil).der) }
        #expect(throws: Refusal.self) {
            _ = try OCSPRequest(
                der: OCSPRequest(certificates: [names[0]], nonce: [UInt8](repeating: 1, count: 129)).der)
        }
    }
}
