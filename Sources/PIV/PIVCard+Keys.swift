package import Cryptography

extension PIVCard {
    /// GENERATE ASYMMETRIC KEY PAIR: makes a key in a place; what was there is gone. The management key must have been
    /// proved.
    package func generateKey(
        in place: Place, algorithm: PIVAlgorithm, pinPolicy: PINPolicy = .byPlace
    ) async throws(CardError) -> PublicKey {
        var template = [TLV(0x80, [algorithm.identifier])]
        if pinPolicy != .byPlace { template.append(TLV(0xAA, [pinPolicy.rawValue])) }
        let answer = try await exchange(
            CommandAPDU(0x47, 0x00, place.rawValue, data: TLV(0xAC, containing: template).bytes, expecting: 256),
            within: limits.keyGeneration)
        try check(answer)
        guard let key = TLV(parsing: answer.data), key.tag == 0x7F49 else {
            throw .malformedAnswer("a generated key")
        }
        return try CardPublicKey.parse(key.value, family: algorithm.family)
    }

    /// The public key of a place as the card's metadata state it; `nil` where it does not.
    package func publicKey(in place: Place, algorithm: PIVAlgorithm) async throws(CardError) -> PublicKey? {
        guard let stated = try await metadata(of: place), let key = stated.publicKey,
            stated.algorithm == algorithm.identifier
        else { return nil }
        return try CardPublicKey.parse(key, family: algorithm.family)
    }

    /// Signs a digest with the key of a place. The PIN must have been verified, as the key's policy says.
    ///
    /// RSA: the host builds the block (EMSA-PKCS1-v1_5 with SHA-256, RFC 8017, 9.2). SM2: the digest is
    /// SM3(Z_A ‖ M), see `PublicKey.digestToSign`. P-256 and SM2 signatures come as a DER sequence of r and s.
    package func sign(
        digest: [UInt8], in place: Place, algorithm: PIVAlgorithm
    ) async throws(CardError) -> [UInt8] {
        guard digest.count == 32 else { throw .malformedAnswer("a digest of \(digest.count) bytes") }
        let block = algorithm == .rsa2048 ? Self.pkcs1Block(sha256: digest) : digest
        return try await privateOperation(block: block, in: place, algorithm: algorithm)
    }

    /// Signs a message: `digestToSign` and `sign(digest:)` in one, and the answer must verify with the given key.
    package func sign(
        _ message: [UInt8], in place: Place, algorithm: PIVAlgorithm, publicKey: PublicKey
    ) async throws(CardError) -> [UInt8] {
        let signature = try await sign(digest: publicKey.digestToSign(message), in: place, algorithm: algorithm)
        guard publicKey.verifies(signature, over: message) else {
            throw .malformedAnswer("a signature that does not verify")
        }
        return signature
    }

    /// GENERAL AUTHENTICATE with a block that is ready for the key (NIST SP 800-73-4, part 2, appendix A.4).
    package func privateOperation(
        block: [UInt8], in place: Place, algorithm: PIVAlgorithm
    ) async throws(CardError) -> [UInt8] {
        let data = TLV(0x7C, containing: [TLV(0x82, []), TLV(0x81, block)]).bytes
        let answer = try await exchange(
            CommandAPDU(0x87, algorithm.identifier, place.rawValue, data: data, expecting: 256))
        try check(answer)
        guard let outer = TLV(parsing: answer.data), outer.tag == 0x7C, let signature = outer.parts?.value(of: 0x82),
            !signature.isEmpty
        else { throw .malformedAnswer("a signature") }
        if algorithm == .rsa2048, signature.count != 256 { throw .malformedAnswer("an RSA signature's length") }
        return signature
    }

    /// ATTEST (Yubico): a certificate in which the card vouches for a key that it made itself.
    /// - Throws: `unsupported` where the card lacks it.
    package func attest(_ place: Place) async throws(CardError) -> [UInt8] {
        let answer = try await exchange(CommandAPDU(0xF9, place.rawValue, 0x00, expecting: 256))
        try check(answer)
        guard !answer.data.isEmpty else { throw .malformedAnswer("an empty attestation") }
        return answer.data
    }

    /// `00 01 FF … FF 00` and the DigestInfo of SHA-256, as long as the modulus.
    static func pkcs1Block(sha256 digest: [UInt8]) -> [UInt8] {
        let prefix: [UInt8] = [
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04,
            0x20,
        ]
        let filler = [UInt8](repeating: 0xFF, count: 256 - 3 - prefix.count - digest.count)
        return [0x00, 0x01] + filler + [0x00] + prefix + digest
    }
}
