package import Groundwork

/// What is said about one certificate (RFC 6960, 4.2.1).
package enum OCSPStatus: Hashable, Sendable {
    case good
    case revoked(at: Instant, reason: RevocationReason?)
    case unknown
}

package struct OCSPSingleResponse: Hashable, Sendable {
    package var certificate: OCSPCertID
    package var status: OCSPStatus
    package var thisUpdate: Instant
    package var nextUpdate: Instant?
    /// Statuses of certificates that expired since then are still known (4.4.4).
    package var archiveCutoff: Instant?
    /// The entry's invalidityDate, as a list would say it (4.4.5).
    package var invalidSince: Instant?

    package init(
        certificate: OCSPCertID, status: OCSPStatus, thisUpdate: Instant, nextUpdate: Instant?,
        archiveCutoff: Instant? = nil, invalidSince: Instant? = nil
    ) {
        self.certificate = certificate
        self.status = status
        self.thisUpdate = thisUpdate
        self.nextUpdate = nextUpdate
        self.archiveCutoff = archiveCutoff
        self.invalidSince = invalidSince
    }

    fileprivate var der: [UInt8] {
        var extensions: [CertificateExtension] = []
        if let archiveCutoff {
            extensions.append(.raw(.ocspArchiveCutoff, value: DER.generalizedTime(archiveCutoff)))
        }
        if let invalidSince {
            extensions.append(.raw(.invalidityDate, value: DER.generalizedTime(invalidSince)))
        }
        return DER.sequence([
            certificate.der, statusDER, DER.generalizedTime(thisUpdate),
            nextUpdate.map { DER.explicit(0, DER.generalizedTime($0)) } ?? [],
            extensions.isEmpty ? [] : DER.explicit(1, CertificateExtension.sequence(extensions)),
        ])
    }

    private var statusDER: [UInt8] {
        switch status {
        case .good: [0x80, 0x00]
        case .unknown: [0x82, 0x00]
        case .revoked(let time, let reason):
            DER.element(
                0xA1,
                joining: [
                    DER.generalizedTime(time),
                    reason.flatMap { $0 == .unspecified ? nil : DER.explicit(0, DER.enumerated(UInt8($0.rawValue))) }
                        ?? [],
                ])
        }
    }

    init(_ element: DERElement) throws(DERFault) {
        self = try element.sequence { members throws(DERFault) in
            let certificate = try OCSPCertID(members.required())
            let status = try OCSPSingleResponse.status(members.required())
            let thisUpdate = try members.required().generalizedTime()
            let nextUpdate = try members.optional(0xA0)?.sequence(0xA0) { inner throws(DERFault) in
                try inner.required().generalizedTime()
            }
            var response = OCSPSingleResponse(
                certificate: certificate, status: status, thisUpdate: thisUpdate, nextUpdate: nextUpdate)
            if let tagged = members.optional(0xA1) {
                let extensions = try tagged.sequence(0xA1) { inner throws(DERFault) in
                    try CertificateExtension.readList(inner.required())
                }
                for each in extensions { try response.read(each) }
            }
            return response
        }
    }

    private mutating func read(_ each: CertificateExtension) throws(DERFault) {
        switch each.oid {
        case .ocspArchiveCutoff:
            archiveCutoff = try DERElement(parsing: each.value, limit: 32).generalizedTime()
        case .invalidityDate: invalidSince = try DERElement(parsing: each.value, limit: 32).generalizedTime()
        default: if each.critical { throw .unsupported("critical extension \(each.oid)") }
        }
    }

    private static func status(_ element: DERElement) throws(DERFault) -> OCSPStatus {
        switch element.identifier {
        case 0x80 where element.content.isEmpty: return .good
        case 0x82 where element.content.isEmpty: return .unknown
        case 0xA1:
            return try element.sequence(0xA1) { members throws(DERFault) in
                let time = try members.required().generalizedTime()
                guard let tagged = members.optional(0xA0) else { return .revoked(at: time, reason: nil) }
                let code = try tagged.sequence(0xA0) { inner throws(DERFault) in try inner.required().enumerated() }
                guard let reason = RevocationReason(rawValue: code) else { throw .malformed("reason \(code)") }
                return .revoked(at: time, reason: reason)
            }
        default: throw .malformed("certStatus")
        }
    }
}

/// To-be-signed ResponseData; the responder is named by its key (RFC 6960, 4.2.1; SHA-1 by definition).
package struct OCSPResponseBody: Sendable {
    package var responderKeyIdentifier: [UInt8]
    package var producedAt: Instant
    package var responses: [OCSPSingleResponse]
    package var nonce: [UInt8]?

    package init(responder: PublicKey, producedAt: Instant, responses: [OCSPSingleResponse], nonce: [UInt8]? = nil) {
        self.init(
            responderKeyIdentifier: responder.keyIdentifier, producedAt: producedAt, responses: responses, nonce: nonce)
    }

    package init(
        responderKeyIdentifier: [UInt8], producedAt: Instant, responses: [OCSPSingleResponse], nonce: [UInt8]? = nil
    ) {
        self.responderKeyIdentifier = responderKeyIdentifier
        self.producedAt = producedAt
        self.responses = responses
        self.nonce = nonce
    }

    /// DER ResponseData.
    package var der: [UInt8] {
        DER.sequence([
            DER.explicit(2, DER.octetString(responderKeyIdentifier)), DER.generalizedTime(producedAt),
            DER.sequence(responses.map(\.der)),
            nonce.map { DER.explicit(1, CertificateExtension.sequence([.ocspNonce($0)])) } ?? [],
        ])
    }

    /// Signs and joins; the certificates are the responder's own, for clients that do not have it.
    package func signed(by signer: some Signer, certificates: [Certificate]) async throws -> [UInt8] {
        let body = der
        return OCSPResponse.assemble(
            body: body, algorithm: signer.algorithm, signature: try await signer.sign(body),
            certificates: certificates)
    }
}
