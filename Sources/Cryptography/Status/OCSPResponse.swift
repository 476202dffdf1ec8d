package import Groundwork

/// An answer about certificates (RFC 6960, 4.2), read; and the making of one.
package struct OCSPResponse: Sendable {
    /// Answers that say nothing, and are not signed (2.3).
    package enum ErrorStatus: UInt8, CaseIterable, Sendable {
        case malformedRequest = 1
        case internalError = 2
        case tryLater = 3
        case sigRequired = 5
        case unauthorized = 6
    }

    package enum Responder: Hashable, Sendable {
        case name(DistinguishedName)
        case key([UInt8])
    }

    /// A signed answer.
    package struct Basic: Sendable {
        package let responder: Responder
        package let producedAt: Instant
        package let responses: [OCSPSingleResponse]
        package let nonce: [UInt8]?
        package let certificates: [Certificate]
        /// DER ResponseData: what was signed.
        package let body: [UInt8]
        package let signatureAlgorithm: SignatureAlgorithm?
        package let signature: [UInt8]

        package func isSigned(by key: PublicKey) -> Bool {
            guard let algorithm = signatureAlgorithm, key.fits(algorithm) else { return false }
            return key.verifies(signature, over: body, digest: algorithm.digest)
        }

        package func response(for certificate: OCSPCertID) -> OCSPSingleResponse? {
            responses.first { $0.certificate == certificate }
        }
    }

    package let der: [UInt8]
    package let error: ErrorStatus?
    package let basic: Basic?

    /// The fixed bytes of an error answer.
    package static func error(_ status: ErrorStatus) -> [UInt8] { DER.sequence([DER.enumerated(status.rawValue)]) }

    package static func assemble(
        body: [UInt8], algorithm: SignatureAlgorithm, signature: [UInt8], certificates: [Certificate]
    ) -> [UInt8] {
        let basic = DER.sequence([
            body, algorithm.identifier, DER.bitString(signature),
            certificates.isEmpty ? [] : DER.explicit(0, DER.sequence(certificates.map(\.der))),
        ])
        return DER.sequence([
            DER.enumerated(0), DER.explicit(0, DER.sequence([OID.ocspBasic.der, DER.octetString(basic)])),
        ])
    }

    /// Bytes from outside, at most 256 KiB.
    package init(der: [UInt8]) throws(Refusal) {
        let outer = try reading(.ocspResponse) { () throws(DERFault) in
            try OCSPResponse.readOuter(DERElement(parsing: der, limit: 1 << 18))
        }
        self.der = der
        switch outer {
        case .error(let status):
            error = status
            basic = nil
        case .basic(let bytes):
            error = nil
            basic = try Basic(der: bytes)
        }
    }

    private enum Outer {
        case error(ErrorStatus)
        case basic([UInt8])
    }

    private static func readOuter(_ element: DERElement) throws(DERFault) -> Outer {
        try element.sequence { members throws(DERFault) in
            let code = try members.required().enumerated()
            guard let tagged = members.optional(0xA0) else {
                guard let status = UInt8(exactly: code).flatMap(ErrorStatus.init(rawValue:)) else {
                    throw .malformed("status \(code)")
                }
                return .error(status)
            }
            guard code == 0 else { throw .malformed("status \(code) with an answer") }
            return try tagged.sequence(0xA0) { outer throws(DERFault) in
                try outer.required().sequence { inner throws(DERFault) in
                    let type = try inner.required().oid()
                    guard type == .ocspBasic else { throw .unsupported("response type \(type)") }
                    return .basic(Array(try inner.required().octetString()))
                }
            }
        }
    }

    /// Checks that the answer is the issuer's or that of a responder to whom the issuer delegated it (RFC 6960,
    /// 4.2.2.2: issued directly, with id-kp-OCSPSigning), that it speaks of the certificate, and that it is current.
    package func verifiedStatus(
        of certificate: OCSPCertID, issuer: Certificate, at instant: Instant, nonce: [UInt8]? = nil
    ) throws(Refusal) -> OCSPSingleResponse {
        guard let basic, let response = basic.response(for: certificate) else {
            throw .cryptography(.answerUnacceptable, .ocspResponse, "no answer about the certificate")
        }
        guard nonce == nil || basic.nonce == nonce else {
            throw .cryptography(.answerUnacceptable, .ocspResponse, "the nonce differs")
        }
        guard response.thisUpdate <= instant, response.nextUpdate.map({ instant < $0 }) ?? true else {
            throw .cryptography(.answerUnacceptable, .ocspResponse, "the answer is not current")
        }
        let delegates = basic.certificates.filter {
            SignerPurpose.ocspSigning.defect(of: $0) == nil && $0.isValid(at: instant) && $0.issuer == issuer.subject
                && $0.isSigned(by: issuer.publicKey)
        }
        let signer = ([issuer] + delegates).first { candidate in
            switch basic.responder {
            case .key(let identifier): candidate.publicKey.keyIdentifier == identifier
            case .name(let name): candidate.subject == name
            }
        }
        guard let signer, basic.isSigned(by: signer.publicKey) else {
            throw .cryptography(.signatureInvalid, .ocspResponse)
        }
        return response
    }
}
