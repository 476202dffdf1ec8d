import Cryptography
import Groundwork
import Testing

@Suite struct FirstLandingTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func aKeySignsARequestAndACertificate(family: AlgorithmFamily) async throws {
        let key = try PrivateKey.generate(family)
        #expect(key.publicKey.family == family)
        let name = DistinguishedName([.init(.countryName, "CN"), .init(.commonName, "一证通")])
        let info = CertificateRequest.body(subject: name, publicKey: key.publicKey)
        let request = try CertificateRequest(
            der: CertificateRequest.assemble(
                info: info, algorithm: family.signatureAlgorithm, signature: key.sign(info)))
        #expect(request.signatureIsValid())
        let now = Surroundings.real.now()
        let body = CertificateBody(
            serialNumber: .random(in: .real), signatureAlgorithm: family.signatureAlgorithm, issuer: name,
            notBefore: now, notAfter: now.adding(days: 10), subject: name, publicKey: key.publicKey,
            extensions: [.basicConstraints(.certificateAuthority(maxPathLength: 0)), .keyUsage([.keyCertSign])])
        let certificate = try await body.signed(by: SoftwareSigner(key))
        #expect(certificate.isSigned(by: key.publicKey))
        let again = try Certificate(der: certificate.der)
        #expect(again == certificate && again.publicKey == key.publicKey)
        #expect(again.keyUsage == [.keyCertSign] && again.isAuthority)
        if family != .rsa2048 {
            let digest = key.publicKey.digestToSign(info)
            #expect(key.publicKey.verifies(try key.signRaw(digest: digest), over: info))
        }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func aKeySurvivesItsEncryptedFile(family: AlgorithmFamily) throws {
        let key = try PrivateKey.generate(family)
        let passphrase = SecretBytes(copying: Array("correct horse".utf8))
        let file = try key.encryptedPKCS8(passphrase: passphrase)
        #expect(try PrivateKey(encryptedPKCS8: file, passphrase: passphrase).publicKey == key.publicKey)
        let wrong = SecretBytes(copying: Array("wrong".utf8))
        #expect(throws: Refusal.self) { _ = try PrivateKey(encryptedPKCS8: file, passphrase: wrong) }
        #expect(try PrivateKey(plainPKCS8: key.plainPKCS8()).family == family)
    }
}
