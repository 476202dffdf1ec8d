internal import CPKCS11

/// What a key in a token is found by: its label, and the identifier that it was given when it was made.
///
/// The identifier is random, so that a token that was put in another's place, with the same labels, is not taken for it.
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
    func protection(_ name: String, _ identifier: [UInt8]) -> [CryptokiAttribute] {
        [
            CryptokiAttribute(CKA_TOKEN, true), CryptokiAttribute(CKA_PRIVATE, true),
            CryptokiAttribute(CKA_SENSITIVE, true), CryptokiAttribute(CKA_EXTRACTABLE, false),
            CryptokiAttribute(CKA_SIGN, true), CryptokiAttribute(CKA_LABEL, name),
            CryptokiAttribute(CKA_ID, identifier), CryptokiAttribute(CKA_DECRYPT, false),
            CryptokiAttribute(CKA_UNWRAP, false), CryptokiAttribute(CKA_DERIVE, false),
        ]
            + (self == .privateKey
                ? []
                : [
                    CryptokiAttribute(CKA_ENCRYPT, false), CryptokiAttribute(CKA_WRAP, false),
                    CryptokiAttribute(CKA_VERIFY, false),
                ])
    }
}

extension Token.Session {
    /// The key's handle in this session, looked for once.
    mutating func handle(of key: KeyReference, by cryptoki: any Cryptoki) throws(CryptokiFault) -> UInt {
        if let handle = keys[key] { return handle }
        guard let handle = try cryptoki.objects(like: key.template, in: session).first else { throw .keyGone }
        keys[key] = handle
        return handle
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
        guard let object = objects.first else { return .nothing }
        guard objects.count == 1 else { return .several }
        guard try isKept(object, by: cryptoki) else { return .unkept }
        return .one(object: object, identifier: try cryptoki.attribute(CKA_ID, of: object, in: session))
    }
}
