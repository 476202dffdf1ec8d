import Cryptography
import Groundwork
import OtherPrograms
import Testing

@Suite struct CertificateTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func whatIsWrittenIsRead(family: AlgorithmFamily) async throws {
        let authority = try await SampleAuthority.of(family)
        let certificate = try Certificate(der: authority.subscriber.der)
        #expect(certificate == authority.subscriber)
        #expect(certificate.publicKey == authority.subscriberKey.publicKey)
        #expect(certificate.isSigned(by: authority.issuerKey.publicKey))
        #expect(!certificate.isSigned(by: authority.rootKey.publicKey))
        #expect(certificate.keyUsage == [.digitalSignature, .nonRepudiation])
        #expect(certificate.extendedKeyUsage == [.emailProtection, .documentSigning])
        #expect(certificate.facts.crlAddresses == [SampleAuthority.shard])
        #expect(certificate.facts.ocspAddresses == ["http://127.0.0.1/ocsp/1"])
        #expect(certificate.facts.issuerAddresses == ["http://127.0.0.1/ca/1.cer"])
        #expect(certificate.facts.certificatePolicies == ["1.2.156.112570.1.1"])
        #expect(certificate.facts.basicConstraints == .endEntity)
        #expect(certificate.facts.authorityKeyIdentifier == authority.issuer.keyIdentifier)
        #expect(certificate.notAfter == authority.now.adding(days: 30).truncatedToSecond)
        #expect(certificate.subject.description == "CN=上海示例有限公司,O=一证通样本,C=CN")
        #expect(certificate.signatureAlgorithm == family.signatureAlgorithm)
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func otherProgramsAcceptOurCertificates(family: AlgorithmFamily) async throws {
        let authority = try await SampleAuthority.of(family)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(authority.root.pem, "root.pem")
        try other.write(authority.issuer.pem, "issuer.pem")
        try other.write(authority.subscriber.pem, "subscriber.pem")
        let text = try other.run("openssl x509 -in subscriber.pem -noout -text -nameopt utf8 -certopt ext_parse")
        #expect(text.contains("Digital Signature, Non Repudiation") && text.contains("上海示例有限公司"))
        #expect(
            text.contains(family == .sm2 ? "SM2-with-SM3" : family == .p256 ? "ecdsa-with-SHA256" : "sha256WithRSA"))
        if family == .sm2 {
            // The program sets the identifier on the leaf alone, so each link is checked by itself.
            let id = "-vfyopt distid:1234567812345678"
            try other.run("openssl verify -x509_strict \(id) -CAfile root.pem issuer.pem")
            try other.run("openssl verify -x509_strict \(id) -partial_chain -trusted issuer.pem subscriber.pem")
        } else {
            try other.run("openssl verify -x509_strict -CAfile root.pem -untrusted issuer.pem subscriber.pem")
            try other.write(authority.subscriber.pem + authority.issuer.pem + authority.root.pem, "chain.pem")
            let verdict = try other.run("certtool --verify-chain --infile chain.pem")
            #expect(verdict.contains("Chain verification output: Verified"))
        }
        try other.write(authority.subscriber.der, "subscriber.cer")
        #expect(try other.run("certtool -i --inder --infile subscriber.cer").contains("organizationCode") == false)
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func requestsGoBothWays(family: AlgorithmFamily) async throws {
        let key = try PrivateKey.generate(family)
        let info = CertificateRequest.body(subject: SampleAuthority.name("申请"), publicKey: key.publicKey)
        let der = CertificateRequest.assemble(
            info: info, algorithm: family.signatureAlgorithm, signature: try key.sign(info))
        let request = try CertificateRequest(der: der)
        #expect(request.signatureIsValid() && request.publicKey == key.publicKey)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(request.pem, "ours.pem")
        let id = family == .sm2 ? "-vfyopt distid:1234567812345678" : ""
        #expect(try other.run("openssl req -in ours.pem -noout -verify \(id)").contains("verify OK"))
        try other.write(try key.plainPKCS8().withBytes { PEM.encode("PRIVATE KEY", Array($0)) }, "key.pem")
        let sign = family == .sm2 ? "-sm3 -sigopt distid:1234567812345678" : "-sha256"
        try other.run(
            "openssl req -new -key key.pem -subj /C=CN/CN=x -addext keyUsage=digitalSignature \(sign) "
                + "-outform DER -out theirs.der")
        let theirs = try CertificateRequest(der: try other.read("theirs.der"))
        #expect(theirs.signatureIsValid() && theirs.attributes.map(\.type) == [.attributeExtensionRequest])
        var altered = der
        altered[altered.count - 1] ^= 1
        #expect((try? CertificateRequest(der: altered))?.signatureIsValid() != true)
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func pathsAreValidated(family: AlgorithmFamily) async throws {
        let authority = try await SampleAuthority.of(family)
        func verdict(
            _ leaf: Certificate, _ intermediates: [Certificate], _ anchors: [Certificate], days: Int64 = 0
        ) -> ChainVerdict {
            ChainValidation.validate(
                leaf, intermediates: intermediates, anchors: anchors, at: authority.now.adding(days: days))
        }
        let (leaf, issuer, root) = (authority.subscriber, authority.issuer, authority.root)
        #expect(verdict(leaf, [issuer], [root]) == .valid([leaf, issuer, root]))
        func cause(_ verdict: ChainVerdict) -> ChainFault.Cause? {
            if case .invalid(let fault) = verdict { fault.cause } else { nil }
        }
        #expect(cause(verdict(leaf, [], [root])) == .noIssuer)
        #expect(cause(verdict(leaf, [issuer], [])) == .noIssuer)
        #expect(cause(verdict(leaf, [issuer], [root], days: 31)) == .expired)
        #expect(cause(verdict(leaf, [issuer], [root], days: -2)) == .notYetValid)
        let stranger = try await SampleAuthority(family == .sm2 ? .p256 : .sm2)
        #expect(!verdict(leaf, [issuer], [stranger.root]).isValid)
        let forged = try Certificate.assemble(
            body: leaf.tbs, algorithm: family.signatureAlgorithm, signature: try authority.subscriberKey.sign(leaf.tbs))
        #expect(cause(verdict(forged, [issuer], [root])) == .signature)
    }

    @Test func serialNumbersKeepTheirShape() {
        for _ in 0..<200 {
            let serial = SerialNumber.random(in: .real)
            #expect(serial.bytes.count == 16 && serial.bytes[0] > 0 && serial.bytes[0] < 0x80)
            #expect(SerialNumber(hex: serial.hex) == serial && serial.der.count == 18)
        }
        #expect(SerialNumber([UInt8](repeating: 0, count: 16)) == nil)
        #expect(SerialNumber([0x80] + [UInt8](repeating: 0, count: 15)) == nil)
        #expect(SerialNumber(hex: "00") == nil)
    }

    @Test func namesAreShownInOneLine() throws {
        let name = DistinguishedName([
            .init(.countryName, "CN"), .init(.organizationName, " a,b\n"), .init("1.2.3.4", "#x"),
        ])
        #expect(name.description == "1.2.3.4=\\#x,O=\\ a\\,b\\0a,C=CN")
        #expect(try DistinguishedName(der: name.der) == name)
        #expect(try DistinguishedName(der: name.der).attributes == name.attributes)
    }

    @Test func blocksOfTextAreRead() throws {
        let text = "before\n" + PEM.encode("A B", [1, 2, 3]) + "between\n" + PEM.encode("C", [])
        #expect(try PEM.decode(text).map(\.label) == ["A B", "C"])
        #expect(try PEM.decodeFirst("A B", in: text) == [1, 2, 3])
        #expect(throws: Refusal.self) { try PEM.decode("-----BEGIN X-----\nAAAA\n") }
        #expect(throws: Refusal.self) { try PEM.decode("-----BEGIN X-----\n!\n-----END X-----\n") }
    }
}
