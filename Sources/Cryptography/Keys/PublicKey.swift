package import Groundwork
internal import Synchronization

/// A public key: its SubjectPublicKeyInfo as it came, and one OpenSSL key made from it once.
package final class PublicKey: Sendable {
    /// `nil` for a key that is read but never issued to, such as a vendor's P-384 or RSA-4096 root.
    package let family: AlgorithmFamily?
    /// DER SubjectPublicKeyInfo (RFC 5280, 4.1.2.7).
    package let spki: [UInt8]
    /// The content of the subjectPublicKey BIT STRING: an EC point, or DER RSAPublicKey.
    package let subjectPublicKey: [UInt8]
    package let rsa: RSANumbers?
    let handle: KeyHandle
    /// ``defects``, once somebody asked; the check costs as much as several verifications.
    let knownDefects = Mutex<[KeyDefect]?>(nil)

    package struct RSANumbers: Hashable, Sendable {
        package let modulus: [UInt8]
        package let exponent: [UInt8]
    }

    /// Bytes from outside. A point that is not on its curve, or an RSA key outside 1024 to 8192 bits, is refused.
    package convenience init(spki: [UInt8]) throws(Refusal) {
        let element = try reading(.publicKey) { () throws(DERFault) in try DERElement(parsing: spki, limit: 4096) }
        try self.init(element)
    }

    init(_ element: DERElement) throws(Refusal) {
        let parsed = try reading(.publicKey) { () throws(DERFault) in try ParsedKeyInfo(element) }
        clearOpenSSLErrors()
        let handle: KeyHandle?
        switch parsed.kind {
        case .curve(let family) where parsed.key.count == 65 && parsed.key[0] == 0x04:
            self.family = family
            rsa = nil
            handle = KeyHandle.publicKey(point: parsed.key, family: family)
        case .curve: throw .cryptography(.keyRejected, .publicKey, "expected an uncompressed point of 65 bytes")
        case .rsa(let numbers):
            let bits = numbers.modulus.count * 8 - (numbers.modulus.first?.leadingZeroBitCount ?? 0)
            guard (1024...8192).contains(bits), numbers.modulus.last! & 1 == 1, numbers.exponent.count <= 32,
                numbers.exponent.last! & 1 == 1, numbers.exponent != [1]
            else { throw .cryptography(.keyRejected, .publicKey, "RSA key of \(bits) bits") }
            family = bits == 2048 ? .rsa2048 : nil
            rsa = numbers
            handle = KeyHandle.publicKey(modulus: numbers.modulus, exponent: numbers.exponent)
        case .other:
            family = nil
            rsa = nil
            handle = KeyHandle.publicKey(spki: element.encoded)
        }
        guard let handle else { throw .failure(in: "EVP_PKEY_fromdata", .keyRejected, .publicKey) }
        self.handle = handle
        spki = element.encoded
        subjectPublicKey = parsed.key
    }

    /// An uncompressed point, as a card answers GENERATE.
    package convenience init(ecPoint: [UInt8], family: AlgorithmFamily) throws(Refusal) {
        guard let curve = family.curve else { throw .cryptography(.unsupportedAlgorithm, .publicKey) }
        try self.init(
            spki: DER.sequence([DER.sequence([OID.ecPublicKey.der, curve.der]), DER.bitString(ecPoint)]))
    }

    package convenience init(rsaModulus: [UInt8], exponent: [UInt8]) throws(Refusal) {
        let key = DER.sequence([DER.integer(rsaModulus), DER.integer(exponent)])
        try self.init(
            spki: DER.sequence([DER.sequence([OID.rsaEncryption.der, DER.null]), DER.bitString(key)]))
    }

    /// SHA-1 of the BIT STRING's content (RFC 5280, 4.2.1.2, method 1).
    package var keyIdentifier: [UInt8] { DigestAlgorithm.sha1.hash(subjectPublicKey) }

    package var pem: String { PEM.encode("PUBLIC KEY", spki) }

    /// SM2 with SM3 and the standard identifier; ECDSA or RSA PKCS#1 v1.5 with SHA-256.
    package func verifies(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        verifies(signature, over: message, digest: family == .sm2 ? .sm3 : .sha256)
    }

    /// The same with another digest, for what others signed; SM2 goes with SM3 alone.
    package func verifies(_ signature: [UInt8], over message: [UInt8], digest: DigestAlgorithm) -> Bool {
        guard digest != .sha1, (family == .sm2) == (digest == .sm3) else { return false }
        return handle.verify(signature, over: message, digest: digest, sm2: family == .sm2)
    }

    /// Verifies over what ``digestToSign(_:)`` gives.
    package func verifies(_ signature: [UInt8], digest: [UInt8]) -> Bool {
        handle.verifyRaw(
            signature, digest: digest, algorithm: family == .sm2 ? .sm3 : .sha256, rsa: rsa != nil)
    }

    /// Whether a signature with this algorithm can be this key's.
    package func fits(_ algorithm: SignatureAlgorithm) -> Bool {
        switch algorithm {
        case .sm2WithSM3: family == .sm2
        case .ecdsaWithSHA256: family != .sm2 && rsa == nil
        case .rsaWithSHA256: rsa != nil
        }
    }

    /// What a card is given to sign: SM3(Z_A ‖ M) for SM2, else SHA-256(M) (for RSA: before padding).
    package func digestToSign(_ message: [UInt8]) -> [UInt8] {
        guard family == .sm2 else { return DigestAlgorithm.sha256.hash(message) }
        return DigestAlgorithm.sm3.hash(SM2.signerDigest(point: subjectPublicKey) + message)
    }
}

extension PublicKey: Hashable {
    package static func == (left: PublicKey, right: PublicKey) -> Bool { left.spki == right.spki }
    package func hash(into hasher: inout Hasher) { hasher.combine(spki) }
}

/// SubjectPublicKeyInfo taken apart.
private struct ParsedKeyInfo {
    enum Kind {
        case curve(AlgorithmFamily)
        case rsa(PublicKey.RSANumbers)
        case other
    }
    let kind: Kind
    let key: [UInt8]

    init(_ element: DERElement) throws(DERFault) {
        let (algorithm, parameters, key) = try element.sequence { members throws(DERFault) in
            let (oid, parameters) = try members.required().sequence { inner throws(DERFault) in
                (try inner.required().oid(), inner.next())
            }
            return (oid, parameters, try members.required().bitStringBytes())
        }
        self.key = key
        switch algorithm {
        case .ecPublicKey:
            guard let parameters else { throw .malformed("curve is missing") }
            let curve = try parameters.oid()
            kind = AlgorithmFamily.allCases.first { $0.curve == curve }.map { .curve($0) } ?? .other
        case .rsaEncryption:
            guard let parameters else { throw .malformed("NULL is missing") }
            try parameters.null()
            let numbers = try DERElement(parsing: key, limit: 4096).sequence { members throws(DERFault) in
                PublicKey.RSANumbers(
                    modulus: try members.required().unsignedInteger(limit: 1024),
                    exponent: try members.required().unsignedInteger(limit: 32))
            }
            kind = .rsa(numbers)
        default: throw .unsupported("key type \(algorithm)")
        }
    }
}
