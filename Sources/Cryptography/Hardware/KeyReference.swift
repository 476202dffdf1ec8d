internal import CPKCS11

/// What a key in a token is found by: its label, and the identifier that it was given when it was made.
///
/// The identifier is random, so that a token that was put in another's place, with the same labels, is not taken for
/// it.
struct KeyReference: Hashable, Sendable {
    let name: String
    let identifier: [UInt8]
    let kind: Kind

    enum Kind: Sendable { case privateKey, secretKey }

    var template: [CryptokiAttribute] { kind.template(name) + [CryptokiAttribute(CKA_ID, identifier)] }
}

extension KeyReference.Kind {
    var objectClass: UInt { self == .privateKey ? CKO_PRIVATE_KEY : CKO_SECRET_KEY }

    /// Finds keys of this kind by their name alone.
    func template(_ name: String) -> [CryptokiAttribute] {
        [
            CryptokiAttribute(CKA_CLASS, number: objectClass), CryptokiAttribute(CKA_TOKEN, true),
            CryptokiAttribute(CKA_LABEL, name),
        ]
    }

    /// What keeps a key inside and to its one purpose: it is the token's own, private, never shown, never wrapped out;
    /// it signs (an AES key: makes CMACs) and does nothing else.
    ///
    /// - Parameter eachTime: a private key wants the PIN for every signature (CKA_ALWAYS_AUTHENTICATE).
    func protection(_ name: String, _ identifier: [UInt8], eachTime: Bool = false) -> [CryptokiAttribute] {
        [
            CryptokiAttribute(CKA_TOKEN, true), CryptokiAttribute(CKA_PRIVATE, true),
            CryptokiAttribute(CKA_SENSITIVE, true), CryptokiAttribute(CKA_EXTRACTABLE, false),
            CryptokiAttribute(CKA_SIGN, true), CryptokiAttribute(CKA_LABEL, name),
            CryptokiAttribute(CKA_ID, identifier), CryptokiAttribute(CKA_DECRYPT, false),
            CryptokiAttribute(CKA_UNWRAP, false), CryptokiAttribute(CKA_DERIVE, false),
        ]
            + (self == .privateKey
                ? (eachTime ? [CryptokiAttribute(CKA_ALWAYS_AUTHENTICATE, true)] : [])
                : [
                    CryptokiAttribute(CKA_ENCRYPT, false), CryptokiAttribute(CKA_WRAP, false),
                    CryptokiAttribute(CKA_VERIFY, false),
                ])
    }
}

extension Token.Session {
    /// A key as this session has found it.
    struct Located: Sendable {
        let object: UInt
        /// It wants the PIN for every signature (CKA_ALWAYS_AUTHENTICATE): many tokens' own default for signature keys.
        let wantsPIN: Bool
    }

    /// The key in this session, looked for once.
    mutating func located(_ key: KeyReference, by cryptoki: any Cryptoki) throws(CryptokiFault) -> Located {
        if let known = keys[key] { return known }
        guard let object = try cryptoki.objects(like: key.template, in: session).first else { throw .keyGone }
        var wantsPIN = false
        if key.kind == .privateKey { wantsPIN = try self.wantsPIN(object, by: cryptoki) }
        let located = Located(object: object, wantsPIN: wantsPIN)
        keys[key] = located
        return located
    }

    private func wantsPIN(_ object: UInt, by cryptoki: any Cryptoki) throws(CryptokiFault) -> Bool {
        do throws(CryptokiFault) {
            return try cryptoki.attribute(CKA_ALWAYS_AUTHENTICATE, of: object, in: session) == [1]
        } catch {
            // A module of before version 2.20 does not know of it.
            guard error.kind == .unsupported else { throw error }
            return false
        }
    }

    /// Whether the key was made in the token and cannot leave it.
    func isKept(_ object: UInt, by cryptoki: any Cryptoki) throws(CryptokiFault) -> Bool {
        for type in [CKA_SENSITIVE, CKA_ALWAYS_SENSITIVE, CKA_NEVER_EXTRACTABLE, CKA_LOCAL] {
            guard try cryptoki.attribute(type, of: object, in: session) == [1] else { return false }
        }
        return try cryptoki.attribute(CKA_EXTRACTABLE, of: object, in: session) == [0]
    }

    /// What is found under a name.
    enum Found: Sendable {
        case nothing
        case one(object: UInt, identifier: [UInt8])
        /// Several keys of one name: nobody can say which is meant.
        case several
        /// A key that could leave the token, or was brought into it.
        case unkept
    }

    func find(_ name: String, _ kind: KeyReference.Kind, by cryptoki: any Cryptoki) throws(CryptokiFault) -> Found {
        let objects = try cryptoki.objects(like: kind.template(name), in: session)
        guard let object = objects.first else {
            guard isFresh else { throw .keyGone }
            return .nothing
        }
        guard objects.count == 1 else { return .several }
        guard try isKept(object, by: cryptoki) else { return .unkept }
        return .one(object: object, identifier: try cryptoki.attribute(CKA_ID, of: object, in: session))
    }
}
