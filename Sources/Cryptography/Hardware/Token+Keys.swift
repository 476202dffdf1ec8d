internal import CPKCS11
package import Groundwork

extension Token {
    /// Whether there is a private key of this name.
    package func contains(_ name: String) async throws(Refusal) -> Bool {
        try await perform { [cryptoki] session throws(CryptokiFault) in
            let objects = try cryptoki.objects(like: KeyReference.Kind.privateKey.template(name), in: session.session)
            guard !objects.isEmpty || session.isFresh else { throw .keyGone }
            return !objects.isEmpty
        }
    }

    /// Whether nobody keeps a private or secret key here yet.
    package func isEmpty() async throws(Refusal) -> Bool {
        try await perform { [cryptoki] session throws(CryptokiFault) in
            for kind in [CKO_PRIVATE_KEY, CKO_SECRET_KEY] {
                let template = [CryptokiAttribute(CKA_CLASS, number: kind), CryptokiAttribute(CKA_TOKEN, true)]
                guard try cryptoki.objects(like: template, in: session.session).isEmpty else { return false }
            }
            return true
        }
    }

    /// The key of this name; `nil` if there is none.
    ///
    /// - Throws: `cryptography.token-key` for a name that stands for several keys or for a key that could leave the
    ///   token.
    package func signer(_ name: String) async throws(Refusal) -> TokenSigner? {
        let found = try await perform { [cryptoki] session throws(CryptokiFault) -> Keeping in
            switch try session.find(name, .privateKey, by: cryptoki) {
            case .nothing: return .nothing
            case .several: return .refused("there are several of this name")
            case .unkept: return .refused("it was not made here, or it can leave the token")
            case .one(_, let identifier):
                let description = try PublicDescription(name, identifier, in: session.session, by: cryptoki)
                return .key(KeyReference(name: name, identifier: identifier, kind: .privateKey), description)
            }
        }
        switch found {
        case .nothing: return nil
        case .refused(let detail): throw keyRefusal(name, detail)
        case .key(let reference, let description):
            return TokenSigner(token: self, key: reference, publicKey: try description.publicKey())
        }
    }

    private enum Keeping: Sendable {
        case nothing
        case refused(String)
        case key(KeyReference, PublicDescription)
    }

    func keyRefusal(_ name: String, _ detail: String) -> Refusal {
        Refusal(CryptographyRefusal.tokenKey, detail: detail, facts: ["token": access.label, "key": name])
    }

    func unsupported(_ algorithm: String, _ detail: String) -> Refusal {
        Refusal(
            CryptographyRefusal.tokenUnsupported, detail: detail,
            facts: ["token": access.label, "algorithm": algorithm])
    }

    /// Makes a key pair in the token; the private key never leaves it.
    ///
    /// - Throws: `cryptography.token-unsupported` where the token does not have the family (no SM2 in SoftHSM, for
    ///   one); `cryptography.token-key` where the name is taken.
    package func generate(_ name: String, family: AlgorithmFamily) async throws(Refusal) -> TokenSigner {
        guard let mechanisms = mechanisms(for: family) else {
            throw unsupported(family.shown, "no mechanism is named for it")
        }
        let identifier = surroundings.randomBytes(16)
        let made = try await perform(writing: true) { [cryptoki, access] session throws(CryptokiFault) -> Making in
            guard try cryptoki.mechanisms(in: session.slot).isSuperset(of: [mechanisms.generate, mechanisms.sign])
            else {
                return .unsupported
            }
            guard case .nothing = try session.find(name, .privateKey, by: cryptoki) else { return .taken }
            let pair = try cryptoki.generateKeyPair(
                mechanisms.generate, publicKey: Token.publicTemplate(name, identifier, family),
                privateKey: KeyReference.Kind.privateKey.protection(name, identifier, eachTime: access.pinEachTime),
                in: session.session)
            do throws(CryptokiFault) {
                // Two processes may have passed the look above together: then neither key stays.
                guard case .one = try session.find(name, .privateKey, by: cryptoki) else {
                    try Token.destroy(pair, in: session.session, by: cryptoki)
                    return .taken
                }
                return .made(try PublicDescription(name, identifier, in: session.session, by: cryptoki))
            } catch {
                try? Token.destroy(pair, in: session.session, by: cryptoki)
                throw error
            }
        }
        switch made {
        case .unsupported: throw unsupported(family.shown, "the token has no such mechanism")
        case .taken: throw keyRefusal(name, "the name is taken, or the token would let the key leave")
        case .made(let description):
            let publicKey = try description.publicKey()
            let signer = TokenSigner(
                token: self, key: KeyReference(name: name, identifier: identifier, kind: .privateKey),
                publicKey: publicKey)
            guard publicKey.family == family else { throw keyRefusal(name, "the token made another kind of key") }
            // A key that does not sign must not get a certificate.
            let words = Array("YZT-TOKEN-PROOF-1".utf8)
            guard publicKey.verifies(try await signer.sign(words), over: words) else {
                throw keyRefusal(name, "its first signature does not verify")
            }
            return signer
        }
    }

    private enum Making: Sendable {
        case unsupported
        case taken
        case made(PublicDescription)
    }

    private static func destroy(
        _ pair: CryptokiKeyPair, in session: CryptokiSession, by cryptoki: any Cryptoki
    ) throws(CryptokiFault) {
        try cryptoki.destroy(pair.privateKey, in: session)
        try cryptoki.destroy(pair.publicKey, in: session)
    }

    /// How the family's keys are made and sign; `nil` where the token is not known to have it.
    func mechanisms(for family: AlgorithmFamily) -> SM2Mechanisms? {
        switch family {
        case .p256: SM2Mechanisms(generate: CKM_EC_KEY_PAIR_GEN, sign: CKM_ECDSA)
        case .rsa2048: SM2Mechanisms(generate: CKM_RSA_PKCS_KEY_PAIR_GEN, sign: CKM_RSA_PKCS)
        case .sm2: access.sm2
        }
    }

    private static func publicTemplate(
        _ name: String, _ identifier: [UInt8], _ family: AlgorithmFamily
    ) -> [CryptokiAttribute] {
        let common = [
            CryptokiAttribute(CKA_TOKEN, true), CryptokiAttribute(CKA_VERIFY, true),
            CryptokiAttribute(CKA_LABEL, name), CryptokiAttribute(CKA_ID, identifier),
        ]
        guard let curve = family.curve else {
            return common + [
                CryptokiAttribute(CKA_MODULUS_BITS, number: 2048), CryptokiAttribute(CKA_PUBLIC_EXPONENT, [1, 0, 1]),
            ]
        }
        return common + [CryptokiAttribute(CKA_EC_PARAMS, curve.der)]
    }
}

/// The public half as the token describes it.
struct PublicDescription: Sendable {
    private enum Form: Sendable {
        case curve(parameters: [UInt8], point: [UInt8])
        case rsa(modulus: [UInt8], exponent: [UInt8])
    }
    private let form: Form

    init(
        _ name: String, _ identifier: [UInt8], in session: CryptokiSession, by cryptoki: any Cryptoki
    ) throws(CryptokiFault) {
        let template = [
            CryptokiAttribute(CKA_CLASS, number: CKO_PUBLIC_KEY), CryptokiAttribute(CKA_LABEL, name),
            CryptokiAttribute(CKA_ID, identifier),
        ]
        guard let object = try cryptoki.objects(like: template, in: session).first else { throw .keyGone }
        func attribute(_ type: UInt) throws(CryptokiFault) -> [UInt8] {
            try cryptoki.attribute(type, of: object, in: session)
        }
        let rsa = CryptokiAttribute(CKA_KEY_TYPE, number: CKK_RSA).value
        if try attribute(CKA_KEY_TYPE) == rsa {
            form = .rsa(modulus: try attribute(CKA_MODULUS), exponent: try attribute(CKA_PUBLIC_EXPONENT))
        } else {
            form = .curve(parameters: try attribute(CKA_EC_PARAMS), point: try attribute(CKA_EC_POINT))
        }
    }

    func publicKey() throws(Refusal) -> PublicKey {
        switch form {
        case .rsa(let modulus, let exponent):
            return try PublicKey(
                rsaModulus: Array(modulus.drop { $0 == 0 }), exponent: Array(exponent.drop { $0 == 0 }))
        case .curve(let parameters, let point):
            guard let family = AlgorithmFamily.allCases.first(where: { $0.curve?.der == parameters }) else {
                throw .cryptography(.unsupportedAlgorithm, .publicKey, "a curve of no family")
            }
            // The standard wraps the point in an OCTET STRING (PKCS #11, 2.3.3); some tokens give it bare.
            let bare = point.count == 67 && point.starts(with: [0x04, 0x41]) ? Array(point.dropFirst(2)) : point
            return try PublicKey(ecPoint: bare, family: family)
        }
    }
}

extension AlgorithmFamily {
    /// As people write it.
    var shown: String {
        switch self {
        case .sm2: "SM2"
        case .p256: "ECDSA P-256"
        case .rsa2048: "RSA-2048"
        }
    }
}
