package import Groundwork

/// A signer whose key is in a token. The message's digest goes there, the signature comes back.
package struct TokenSigner: Signer {
    private let token: Token
    private let key: KeyReference
    package let publicKey: PublicKey
    package let algorithm: SignatureAlgorithm
    private let mechanism: UInt?

    init(token: Token, key: KeyReference, publicKey: PublicKey) {
        self.token = token
        self.key = key
        self.publicKey = publicKey
        let family = publicKey.family ?? .p256
        algorithm = family.signatureAlgorithm
        mechanism = token.mechanisms(for: family)?.sign
    }

    package func sign(_ message: [UInt8]) async throws(Refusal) -> [UInt8] {
        guard let mechanism else { throw token.unsupported("SM2", "no mechanism is named for it") }
        let digest = publicKey.digestToSign(message)
        // RSA: what is padded is a DigestInfo (RFC 8017, 9.2).
        let input =
            algorithm == .rsaWithSHA256
            ? DER.sequence([DigestAlgorithm.sha256.identifierWithNull, DER.octetString(digest)]) : digest
        let raw = try await token.perform { [token, key] session throws(CryptokiFault) in
            try token.sign(input, mechanism: mechanism, key: key, in: &session)
        }
        guard algorithm != .rsaWithSHA256 else { return raw }
        // r ‖ s (PKCS #11, 2.3.1) becomes SEQUENCE { r, s } (RFC 5480, A; GM/T 0009, 7.3).
        guard raw.count == 64 else { throw token.keyRefusal(key.name, "a signature of \(raw.count) bytes") }
        return DER.sequence([DER.integer(raw[..<32]), DER.integer(raw[32...])])
    }
}
