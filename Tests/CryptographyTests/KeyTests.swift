import Cryptography
import Groundwork
import OtherPrograms
import Testing

@Suite struct KeyTests {
    @Test(arguments: AlgorithmFamily.allCases)
    func aKeySurvivesItsEncryptedFile(family: AlgorithmFamily) throws {
        let key = try PrivateKey.generate(family)
        let passphrase = SecretBytes(copying: Array("correct horse".utf8))
        let file = try key.encryptedPKCS8(passphrase: passphrase)
        #expect(try PrivateKey(encryptedPKCS8: file, passphrase: passphrase).publicKey == key.publicKey)
        let wrong = SecretBytes(copying: Array("wrong".utf8))
        #expect(throws: Refusal(CryptographyRefusal.wrongPassphrase)) {
            _ = try PrivateKey(encryptedPKCS8: file, passphrase: wrong)
        }
        #expect(try PrivateKey(plainPKCS8: key.plainPKCS8()).publicKey == key.publicKey)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(file, "key.p8")
        let text = try other.run("openssl pkcs8 -inform DER -in key.p8 -passin pass:correct\u{20}horse", expecting: 1)
        #expect(!text.contains("BEGIN PRIVATE KEY"))
        let shown = try other.run("openssl asn1parse -inform DER -in key.p8")
        #expect(shown.contains("PBES2") && shown.contains("hmacWithSHA256") && shown.contains("aes-256-cbc"))
        #expect(shown.contains("INTEGER           :0927C0"))
    }

    /// `openssl dgst` with the standard identifier is the judge of our signatures, and we of its.
    @Test(arguments: AlgorithmFamily.allCases)
    func signaturesAgreeWithAnotherProgram(family: AlgorithmFamily) throws {
        let key = try PrivateKey.generate(family)
        let message = Array("一网通办 \(family.rawValue)".utf8)
        let other = try Stranger()
        defer { other.clean() }
        try other.write(message, "message")
        try other.write(key.publicKey.pem, "public.pem")
        let digest = family == .sm2 ? "-sm3 -sigopt distid:1234567812345678" : "-sha256"
        try other.write(try key.sign(message), "signature")
        try other.run("openssl dgst \(digest) -verify public.pem -signature signature message")
        let pem = try key.plainPKCS8().withBytes { PEM.encode("PRIVATE KEY", Array($0)) }
        try other.write(pem, "private.pem")
        try other.run("openssl dgst \(digest) -sign private.pem -out theirs message")
        let theirs = try other.read("theirs")
        #expect(key.publicKey.verifies(theirs, over: message))
        #expect(!key.publicKey.verifies(theirs, over: message + [0]))
        #expect(key.publicKey.verifies(theirs, digest: key.publicKey.digestToSign(message)))
        #expect(!key.publicKey.verifies(theirs, digest: key.publicKey.digestToSign([1])))
        guard family != .rsa2048 else { return }
        let raw = try key.signRaw(digest: key.publicKey.digestToSign(message))
        #expect(key.publicKey.verifies(raw, over: message))
        try other.write(raw, "signature")
        try other.run("openssl dgst \(digest) -verify public.pem -signature signature message")
    }

    @Test func anSM2SignatureWithAnEmptyIdentifierIsNotOurs() throws {
        let key = try PrivateKey.generate(.sm2)
        let other = try Stranger()
        defer { other.clean() }
        try other.write([1, 2, 3], "message")
        try other.write(try key.plainPKCS8().withBytes { PEM.encode("PRIVATE KEY", Array($0)) }, "private.pem")
        try other.run("openssl dgst -sm3 -sign private.pem -out theirs message")
        #expect(!key.publicKey.verifies(try other.read("theirs"), over: [1, 2, 3]))
    }

    @Test func aPaddedBlockSignedRawIsAnRSASignature() throws {
        let key = try PrivateKey.generate(.rsa2048)
        let message: [UInt8] = [7, 8, 9]
        let info = DER.sequence([
            DigestAlgorithm.sha256.identifierWithNull, DER.octetString(key.publicKey.digestToSign(message)),
        ])
        let padding = [UInt8](repeating: 0xFF, count: 256 - 3 - info.count)
        let signature = try key.signRaw(digest: [0x00, 0x01] + padding + [0x00] + info)
        #expect(key.publicKey.verifies(signature, over: message))
        #expect(throws: Refusal.self) { try key.signRaw(digest: [1, 2, 3]) }
    }

    @Test(arguments: AlgorithmFamily.allCases)
    func badPublicKeysAreRefused(family: AlgorithmFamily) throws {
        let spki = try PrivateKey.generate(family).publicKey.spki
        #expect(try PublicKey(spki: spki).family == family)
        if family != .rsa2048 {
            var point = try PublicKey(spki: spki).subjectPublicKey
            point[64] ^= 1
            #expect(throws: Refusal(CryptographyRefusal.keyRejected)) {
                _ = try PublicKey(ecPoint: point, family: family)
            }
            #expect(throws: Refusal.self) { _ = try PublicKey(ecPoint: [0x00], family: family) }
            #expect(throws: Refusal.self) { _ = try PublicKey(ecPoint: [], family: family) }
            #expect(throws: Refusal.self) {
                _ = try PublicKey(ecPoint: [UInt8](repeating: 4, count: 65), family: family)
            }
        } else {
            let even = [UInt8](repeating: 0xFE, count: 256)
            #expect(throws: Refusal(CryptographyRefusal.keyRejected)) {
                _ = try PublicKey(rsaModulus: even, exponent: [1, 0, 1])
            }
            #expect(throws: Refusal(CryptographyRefusal.keyRejected)) {
                _ = try PublicKey(rsaModulus: [0xFF, 0xFF], exponent: [1, 0, 1])
            }
            #expect(throws: Refusal.self) { _ = try PublicKey(rsaModulus: [], exponent: []) }
        }
    }

    /// A vendor's roots may have keys that are none of ours; they are read and used for verification alone.
    @Test(arguments: ["ec -pkeyopt ec_paramgen_curve:P-384", "rsa -pkeyopt rsa_keygen_bits:3072"])
    func keysOfNoFamilyVerify(algorithm: String) throws {
        let other = try Stranger()
        defer { other.clean() }
        try other.run("openssl genpkey -algorithm \(algorithm) -out key.pem -quiet", expecting: 0)
        try other.run("openssl pkey -in key.pem -pubout -outform DER -out public.der")
        try other.write([9], "message")
        try other.run("openssl dgst -sha384 -sign key.pem -out signature message")
        let key = try PublicKey(spki: other.read("public.der"))
        #expect(key.family == nil)
        #expect(key.verifies(try other.read("signature"), over: [9], digest: .sha384))
    }

    @Test func digestsOfAnotherHand() {
        #expect(
            Hex.encode(DigestAlgorithm.sm3.hash(Array("abc".utf8)))
                == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0")
        #expect(Hex.encode(DigestAlgorithm.sha1.hash(Array("abc".utf8))) == "a9993e364706816aba3e25717850c26c9cd0d89d")
        #expect(
            Hex.encode(DigestAlgorithm.sha256.hash(Array("abc".utf8)[...]))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let running = RunningDigest(.sm3)
        running.update(Array("a".utf8))
        running.update(Array("bc".utf8))
        #expect(running.value() == DigestAlgorithm.sm3.hash(Array("abc".utf8)))
    }
}
