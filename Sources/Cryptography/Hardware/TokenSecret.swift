internal import CPKCS11
package import Groundwork

/// An AES key that was made in a token and stays there: a master from which other keys are derived.
package struct TokenSecret: Sendable {
    private let token: Token
    private let key: KeyReference

    fileprivate init(token: Token, key: KeyReference) {
        self.token = token
        self.key = key
    }

    package var name: String { key.name }

    /// ``KeyDerivation/counterCMAC(master:label:context:bits:)`` with this key as master; each CMAC is made in the
    /// token.
    package func counterCMAC(label: [UInt8], context: [UInt8], bits: Int) async throws(Refusal) -> SecretBytes {
        let messages = try KeyDerivation.counterBlocks(label: label, context: context, bits: bits)
        var bytes = try await token.perform { [token, key] session throws(CryptokiFault) in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(messages.count * 16)
            for message in messages {
                var block = try token.sign(message, mechanism: CKM_AES_CMAC, key: key, in: &session)
                bytes += block
                wipe(&block)
            }
            return bytes
        }
        defer { wipe(&bytes) }
        guard bytes.count == messages.count * 16 else {
            throw token.keyRefusal(key.name, "\(bytes.count) bytes from \(messages.count) blocks")
        }
        return SecretBytes(copying: bytes.prefix(bits / 8))
    }
}

extension Token {
    /// The AES key of this name; `nil` if there is none.
    package func secret(_ name: String) async throws(Refusal) -> TokenSecret? {
        let found = try await perform { [cryptoki] session throws(CryptokiFault) in
            try session.find(name, .secretKey, by: cryptoki)
        }
        switch found {
        case .nothing: return nil
        case .several: throw keyRefusal(name, "there are several of this name")
        case .unkept: throw keyRefusal(name, "it was not made here, or it can leave the token")
        case .one(_, let identifier):
            return TokenSecret(token: self, key: KeyReference(name: name, identifier: identifier, kind: .secretKey))
        }
    }

    /// Makes an AES-256 key in the token.
    ///
    /// - Throws: `cryptography.token-unsupported` where the token has no AES-CMAC; `cryptography.token-key` where the
    ///   name is taken.
    package func generateSecret(_ name: String) async throws(Refusal) -> TokenSecret {
        let identifier = surroundings.randomBytes(16)
        let made = try await perform(writing: true) { [cryptoki] session throws(CryptokiFault) -> Bool? in
            guard try cryptoki.mechanisms(in: session.slot).isSuperset(of: [CKM_AES_KEY_GEN, CKM_AES_CMAC]) else {
                return nil
            }
            guard case .nothing = try session.find(name, .secretKey, by: cryptoki) else { return false }
            let key = try cryptoki.generateKey(
                CKM_AES_KEY_GEN,
                key: KeyReference.Kind.secretKey.protection(name, identifier) + [
                    CryptokiAttribute(CKA_VALUE_LEN, number: 32)
                ], in: session.session)
            do throws(CryptokiFault) {
                guard case .one = try session.find(name, .secretKey, by: cryptoki) else {
                    try cryptoki.destroy(key, in: session.session)
                    return false
                }
                return true
            } catch {
                try? cryptoki.destroy(key, in: session.session)
                throw error
            }
        }
        guard let made else { throw unsupported("AES-CMAC", "the token has no such mechanism") }
        guard made else { throw keyRefusal(name, "the name is taken, or the token would let the key leave") }
        return TokenSecret(token: self, key: KeyReference(name: name, identifier: identifier, kind: .secretKey))
    }
}
