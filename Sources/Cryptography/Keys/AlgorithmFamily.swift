/// The three families that an authority, a key and a certificate can belong to. Raw values are the command line's
/// names.
package enum AlgorithmFamily: String, Codable, CaseIterable, Sendable {
    case sm2
    case p256
    case rsa2048

    /// The family's digest: SM3, or SHA-256.
    package var digest: DigestAlgorithm { self == .sm2 ? .sm3 : .sha256 }

    package var signatureAlgorithm: SignatureAlgorithm {
        switch self {
        case .sm2: .sm2WithSM3
        case .p256: .ecdsaWithSHA256
        case .rsa2048: .rsaWithSHA256
        }
    }

    /// The curve, for the two families that have one.
    var curve: OID? {
        switch self {
        case .sm2: .curveSM2
        case .p256: .curveP256
        case .rsa2048: nil
        }
    }
}

/// How certificates, lists, answers and attributes are signed.
package enum SignatureAlgorithm: String, Codable, CaseIterable, Sendable {
    case sm2WithSM3 = "sm2-with-sm3"
    case ecdsaWithSHA256 = "ecdsa-with-sha256"
    case rsaWithSHA256 = "rsa-with-sha256"

    package var oid: OID {
        switch self {
        case .sm2WithSM3: .sm2WithSM3
        case .ecdsaWithSHA256: .ecdsaWithSHA256
        case .rsaWithSHA256: .sha256WithRSAEncryption
        }
    }

    package init?(oid: OID) {
        guard let match = SignatureAlgorithm.allCases.first(where: { $0.oid == oid }) else { return nil }
        self = match
    }

    /// DER AlgorithmIdentifier. Parameters are absent for SM2 and ECDSA (RFC 5758, 3.2) and NULL for RSA (RFC 4055, 5).
    package var identifier: [UInt8] {
        switch self {
        case .sm2WithSM3, .ecdsaWithSHA256: DER.sequence([oid.der])
        case .rsaWithSHA256: DER.sequence([oid.der, DER.null])
        }
    }

    package var digest: DigestAlgorithm { self == .sm2WithSM3 ? .sm3 : .sha256 }
}
