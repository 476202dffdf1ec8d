import Cryptography
import Groundwork
import OtherPrograms
import Testing

@Suite struct SignedDataTests {
    private let document = Array("一份文件".utf8)

    @Test(arguments: AlgorithmFamily.allCases)
    func sealsAreVerified(family: AlgorithmFamily) async throws {
        let authority = try await SampleAuthority.of(family)
        let der = try await authority.seal(document)
        let sealed = try SignedData(padded: der + [UInt8](repeating: 0, count: 99))
        #expect(sealed.outerType == (family == .sm2 ? .gmSignedData : .cmsSignedData))
        let digest = family.digest.hash(document)
        #expect(try sealed.verify(contentDigest: digest) == authority.subscriber)
        #expect(sealed.signers[0].signedValue(.attributeSigningTime) == nil)
        #expect(throws: Refusal(CryptographyRefusal.signatureInvalid)) {
            try sealed.verify(contentDigest: family.digest.hash([0]))
        }
        let token = try TimeStampToken(der: try #require(sealed.signers[0].timeStampToken))
        #expect(try token.verify(over: sealed.signers[0].signature) == authority.stamper)
        #expect(throws: Refusal.self) { try token.verify(over: [1]) }
        let other = try Stranger()
        defer { other.clean() }
        try other.write(document, "document")
        try other.write(der, "seal.der")
        try other.write(authority.root.pem, "root.pem")
        if family == .sm2 {
            // Another program has no GB/T 35275: it judges signed attributes, signature and key.
            try other.write(sealed.signers[0].signedBytes, "attributes")
            try other.write(sealed.signers[0].signature, "signature")
            try other.write(authority.subscriber.publicKey.pem, "public.pem")
            try other.run(
                "openssl dgst -sm3 -sigopt distid:1234567812345678 -verify public.pem -signature signature attributes")
            let text = try other.run("openssl asn1parse -inform DER -in seal.der")
            #expect(text.contains("1.2.156.10197.6.1.4.2.2") && text.contains("1.2.156.10197.6.1.4.2.1"))
        } else {
            try other.run(
                "openssl cms -verify -cades -binary -inform DER -in seal.der -content document -CAfile root.pem "
                    + "-purpose any -out /dev/null")
        }
    }

    @Test func anAlteredSealIsRefused() async throws {
        let authority = try await SampleAuthority.of(.p256)
        let der = try await authority.seal(document, timeStamped: false)
        let digest = DigestAlgorithm.sha256.hash(document)
        let sealed = try SignedData(der: der)
        // Every byte that is covered by the signature.
        let attributes = sealed.signers[0].signedBytes.dropFirst(2)
        let start = try #require(der.firstRange(of: attributes)).lowerBound
        for index in start..<(start + attributes.count) {
            var altered = der
            altered[index] ^= 0x01
            #expect(throws: Refusal.self) { try SignedData(der: altered).verify(contentDigest: digest) }
        }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func timeStampsGoBothWays(family: AlgorithmFamily) async throws {
        let authority = try await SampleAuthority.of(family)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(document, "document")
        try other.write(authority.root.pem, "root.pem")
        try other.write(authority.issuer.pem + authority.stamper.pem, "others.pem")
        for wanted in ["-cert", ""] {
            let digest = family == .sm2 ? "-sm3" : "-sha256"
            try other.run("openssl ts -query -data document \(digest) \(wanted) -out request.tsq")
            let request = try TimeStampRequest(der: try other.read("request.tsq"))
            #expect(request.certificateRequested == (wanted == "-cert") && request.nonce != nil)
            #expect(request.imprint == MessageImprint(of: document, digest: family.digest))
            let response = TimeStampResponse.granted(token: try await authority.timeStamp(request))
            guard case .granted(let token) = try TimeStampResponse(der: response) else {
                Issue.record("not granted")
                return
            }
            #expect(token.signedData.certificates.isEmpty == (wanted == ""))
            #expect(try token.verify(answering: request, among: [authority.stamper]) == authority.stamper)
            #expect(token.info.time == authority.now.truncatedToSecond)
            try other.write(response, "response.tsr")
            #expect(try other.run("openssl ts -reply -in response.tsr -text").contains("Status: Granted"))
            if family != .sm2 {
                let verdict = try other.run(
                    "openssl ts -verify -in response.tsr -queryfile request.tsq -CAfile root.pem -untrusted others.pem")
                #expect(verdict.contains("Verification: OK"))
            }
        }
    }

    @Test(arguments: TimeStampResponse.Failure.allCases)
    func rejectionsAreRead(failure: TimeStampResponse.Failure) throws {
        let der = TimeStampResponse.rejected(failure, text: "no")
        guard case .rejected(let failures) = try TimeStampResponse(der: der) else {
            Issue.record("not rejected")
            return
        }
        #expect(failures == [failure.rawValue])
        let other = try Stranger()
        defer { other.clean() }
        try other.write(der, "response.tsr")
        #expect(try other.run("openssl ts -reply -in response.tsr -text").contains("Rejected"))
    }

    @Test func ourRequestIsReadByAnother() throws {
        let other = try Stranger()
        defer { other.clean() }
        let request = TimeStampRequest(
            imprint: MessageImprint(of: document, digest: .sha256), policy: "1.2.3",
            nonce: [0, 0xFF, 1], certificateRequested: true)
        try other.write(request.der, "request.tsq")
        let text = try other.run("openssl ts -query -in request.tsq -text")
        #expect(text.contains("Nonce: 0xFF01") && text.contains("Certificate required: yes"))
        #expect(try TimeStampRequest(der: request.der).nonce == request.nonce)
    }
}
