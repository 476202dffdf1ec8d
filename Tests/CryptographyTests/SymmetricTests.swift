import Cryptography
import Groundwork
import OtherPrograms
import Testing

@Suite struct SymmetricTests {
    private func secret(_ hex: String) throws -> SecretBytes { SecretBytes(copying: try #require(Hex.decode(hex))) }

    /// RFC 4493, 4: the four examples.
    @Test(arguments: [
        ("", "bb1d6929e95937287fa37d129b756746"),
        ("6bc1bee22e409f96e93d7e117393172a", "070a16b46b4d4144f79bdd9dd04a287c"),
        (
            "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411",
            "dfa66747de9ae63030ca32611497c827"
        ),
    ])
    func macOfAnotherHand(message: String, expected: String) throws {
        let key = try secret("2b7e151628aed2a6abf7158809cf4f3c")
        #expect(Hex.encode(try KeyDerivation.cmac(key: key, try #require(Hex.decode(message)))) == expected)
    }

    @Test func derivedKeysFollowTheirInputs() throws {
        let master = try secret(String(repeating: "0f", count: 32))
        let context: [UInt8] = [1, 2, 3]
        let first = try KeyDerivation.counterCMAC(master: master, label: [0x4B], context: context, bits: 192)
        let again = try KeyDerivation.counterCMAC(master: master, label: [0x4B], context: context, bits: 192)
        let other = try KeyDerivation.counterCMAC(master: master, label: [0x4C], context: context, bits: 192)
        let verdicts = [first.count == 24, first.equals(again), !first.equals(other)]
        #expect(verdicts == [true, true, true])
        let block = try KeyDerivation.cmac(
            key: master, [0, 0, 0, 1, 0x4B, 0x00] + context + [0, 0, 0, 192])
        let start = first.withBytes { Array($0.prefix(16)) }
        #expect(start == block)
    }

    /// `openssl kdf` derives the same: counter mode, CMAC, 32-bit counter and length, a zero byte between.
    @Test(arguments: [
        ("16", "AES-128-CBC", 128), ("24", "AES-192-CBC", 192), ("32", "AES-256-CBC", 256), ("32", "AES-256-CBC", 1000),
    ])
    func derivedKeysAgreeWithAnotherProgram(length: String, cipher: String, bits: Int) throws {
        let hex = String(repeating: "a5", count: try #require(Int(length)))
        let derived = try KeyDerivation.counterCMAC(
            master: try secret(hex), label: Array("label".utf8), context: [1, 2, 3, 4, 5], bits: bits)
        let other = try Stranger()
        defer { other.clean() }
        let text = try other.run(
            "openssl kdf -keylen \(bits / 8) -kdfopt mac:CMAC -kdfopt cipher:\(cipher) -kdfopt hexkey:\(hex) "
                + "-kdfopt hexsalt:6c6162656c -kdfopt hexinfo:0102030405 KBKDF")
        let ours = derived.withBytes { Hex.encode(Array($0)) }
        #expect(text.filter(\.isHexDigit).lowercased() == ours)
    }

    /// The GCM specification's test case 16.
    @Test func authenticatedEncryptionOfAnotherHand() throws {
        let key = try secret("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308")
        let plaintext = try secret(
            "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525"
                + "b16aedf5aa0de657ba637b39")
        let data = try #require(Hex.decode("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
        let sealed = try AuthenticatedEncryption.seal(
            plaintext, key: key, nonce: try #require(Hex.decode("cafebabefacedbaddecaf888")), associatedData: data)
        #expect(Hex.encode(sealed.tag) == "76fc6ece0f4e1768cddf8853bb2d551b")
        #expect(Hex.encode(sealed.ciphertext).hasPrefix("522dc1f099567d07f47f37a32a84427d"))
        let opened = try AuthenticatedEncryption.open(sealed, key: key, associatedData: data)
        let same = opened.equals(plaintext)
        #expect(same)
        for index in 0..<16 {
            var altered = sealed
            altered.tag[index] ^= 1
            #expect(throws: Refusal(CryptographyRefusal.notAuthentic)) {
                _ = try AuthenticatedEncryption.open(altered, key: key, associatedData: data)
            }
        }
        #expect(throws: Refusal(CryptographyRefusal.notAuthentic)) {
            _ = try AuthenticatedEncryption.open(sealed, key: key, associatedData: [])
        }
    }

    /// FIPS 197 appendix C and SP 800-67's own example of triple DES with three keys.
    @Test(arguments: [
        (BlockCipher.aes128, "000102030405060708090a0b0c0d0e0f", "69c4e0d86a7b0430d8cdb78070b4c55a"),
        (.aes192, "000102030405060708090a0b0c0d0e0f1011121314151617", "dda97ca4864cdfe06eaf70a0ec0d7191"),
        (
            .aes256, "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
            "8ea2b7ca516745bfeafc49904b496089"
        ),
    ])
    func blocksOfAnotherHand(cipher: BlockCipher, key: String, expected: String) throws {
        let key = try secret(key)
        let block = try #require(Hex.decode("00112233445566778899aabbccddeeff"))
        let encrypted = try cipher.encryptBlock(block, key: key)
        #expect(Hex.encode(encrypted) == expected)
        #expect(try cipher.decryptBlock(encrypted, key: key) == block)
        #expect(throws: Refusal.self) { try cipher.encryptBlock([1], key: key) }
    }

    @Test func tripleDESOfAnotherHand() throws {
        let key = try secret("0123456789abcdef23456789abcdef01456789abcdef0123")
        let block = Array("The qufc".utf8)
        let encrypted = try BlockCipher.tripleDES.encryptBlock(block, key: key)
        #expect(Hex.encode(encrypted) == "a826fd8ce53b855f")
        #expect(try BlockCipher.tripleDES.decryptBlock(encrypted, key: key) == block)
    }

    @Test func parityAndWeakKeys() throws {
        let key = try secret("000102030405060708090a0b0c0d0e0f")
        let withParity = DESKey.withParity(key)
        let odd = withParity.withBytes { $0.allSatisfy { !$0.nonzeroBitCount.isMultiple(of: 2) } }
        #expect(odd)
        func isWeak(_ hex: String) throws -> Bool { DESKey.isWeak(try secret(hex)) }
        #expect(try isWeak("0000000000000000"))
        #expect(try isWeak("010203040506070801020304050607080102030405060708"))
        #expect(try isWeak("e0fee0fef1fef1fe"))
        #expect(try !isWeak("0123456789abcdef23456789abcdef01456789abcdef0123"))
    }
}
