package import Groundwork

/// What path validation found (RFC 5280, 6).
package enum ChainVerdict: Sendable, Equatable {
    /// The path, from the leaf to the anchor.
    case valid([Certificate])
    case invalid(ChainFault)

    package var isValid: Bool { if case .valid = self { true } else { false } }
}

/// Why there is no valid path: the library's own number and words, and where on the path (0 is the leaf).
package struct ChainFault: Error, Equatable, Sendable {
    package enum Cause: String, Sendable {
        case expired, notYetValid, noIssuer, signature, notAuthority, other
    }
    package let cause: Cause
    package let depth: Int
    package let code: Int
    package let text: String
}

/// Path validation by OpenSSL, with the SM2 identifier set on every SM2-signed certificate of the path.
package enum ChainValidation {
    /// Validates a path at a moment.
    ///
    /// - Parameters:
    ///   - purpose: what the leaf must be for.
    ///   - strict: what RFC 5280 asks beyond the signatures (`X509_V_FLAG_X509_STRICT`), and security level 2 (no
    /// SHA-1,
    ///     no RSA below 2048 bits); ours always hold, a vendor's attestation root may not.
    package static func validate(
        _ leaf: Certificate, intermediates: [Certificate], anchors: [Certificate], at instant: Instant,
        for purpose: SignerPurpose = .any, strict: Bool = true
    ) -> ChainVerdict {
        if let defect = purpose.defect(of: leaf) {
            return .invalid(ChainFault(cause: .other, depth: 0, code: -1, text: defect))
        }
        do {
            return try PathValidator(leaf: leaf, intermediates: intermediates, anchors: anchors)
                .validate(at: instant, strict: strict)
        } catch {
            return .invalid(ChainFault(cause: .other, depth: 0, code: -1, text: error.detail))
        }
    }
}
