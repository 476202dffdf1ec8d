internal import Groundwork

/// How a certification request is signed: wider than what this authority signs with, for programs of others choose
/// SHA-384, SHA-512 or RSASSA-PSS of themselves.
package enum RequestSignature: Hashable, Sendable {
    /// SM2 with SM3, ECDSA, or RSASSA-PKCS1-v1_5 with this digest.
    case plain(OID, DigestAlgorithm)
    /// RSASSA-PSS with one digest for message and mask (RFC 4055, 3.1).
    case pss(DigestAlgorithm, saltLength: Int)
    /// Anything else, by its identifier: a digest that is not accepted, or a scheme that is not known.
    case unsupported(OID)

    init(_ identifier: AlgorithmIdentifier) throws(DERFault) {
        if identifier.oid == .rsassaPSS {
            self = try RequestSignature.pss(identifier.parameters) ?? .unsupported(.rsassaPSS)
            return
        }
        let hasNoParameters = identifier.parameters.map { $0.encoded == DER.null } ?? true
        let digest: DigestAlgorithm? =
            switch identifier.oid {
            case .sm2WithSM3: .sm3
            case .ecdsaWithSHA256, .sha256WithRSAEncryption: .sha256
            case .ecdsaWithSHA384, .sha384WithRSAEncryption: .sha384
            case .ecdsaWithSHA512, .sha512WithRSAEncryption: .sha512
            default: nil
            }
        self = digest.flatMap { hasNoParameters ? .plain(identifier.oid, $0) : nil } ?? .unsupported(identifier.oid)
    }

    /// RSASSA-PSS-params; `nil` for parameters that are not accepted: SHA-1, which every field left out stands for,
    /// two different digests, another mask or trailer.
    private static func pss(_ parameters: DERElement?) throws(DERFault) -> RequestSignature? {
        guard let parameters else { return nil }
        return try parameters.sequence { members throws(DERFault) -> RequestSignature? in
            let hash = try members.optional(0xA0)?.sequence(0xA0) { inner throws(DERFault) in
                try AlgorithmIdentifier(inner.required())
            }
            let mask = try members.optional(0xA1)?.sequence(0xA1) { inner throws(DERFault) in
                try AlgorithmIdentifier(inner.required())
            }
            let salt = try members.optional(0xA2)?.sequence(0xA2) { inner throws(DERFault) in
                try inner.required().integer()
            }
            let trailer = try members.optional(0xA3)?.sequence(0xA3) { inner throws(DERFault) in
                try inner.required().integer()
            }
            let saltLength = salt ?? 20
            guard let hash, let digest = DigestAlgorithm(hash.oid), digest != .sha1, digest != .sm3, let mask,
                mask.oid == .mgf1, let maskDigest = mask.parameters,
                try AlgorithmIdentifier(maskDigest).oid == hash.oid, trailer ?? 1 == 1, (0...512).contains(saltLength)
            else { return nil }
            return .pss(digest, saltLength: saltLength)
        }
    }

    /// The algorithm's object identifier, as a refusal names it.
    package var oid: OID {
        switch self {
        case .plain(let oid, _), .unsupported(let oid): oid
        case .pss: .rsassaPSS
        }
    }

    func isValid(_ signature: [UInt8], over message: [UInt8], by key: PublicKey) -> Bool {
        switch self {
        case .unsupported: return false
        case .pss(let digest, let saltLength):
            guard key.rsa != nil else { return false }
            return key.handle.verifyPSS(signature, over: message, digest: digest, saltLength: saltLength)
        case .plain(let oid, let digest):
            let fits =
                switch oid {
                case .sm2WithSM3: key.family == .sm2
                case .ecdsaWithSHA256, .ecdsaWithSHA384, .ecdsaWithSHA512: key.family != .sm2 && key.rsa == nil
                default: key.rsa != nil
                }
            return fits && key.verifies(signature, over: message, digest: digest)
        }
    }
}
