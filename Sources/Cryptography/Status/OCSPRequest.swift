package import Groundwork

/// A question about certificates (RFC 6960, 4.1). A signature on it is not looked at: answers are public.
package struct OCSPRequest: Sendable {
    /// In the order asked; an answer keeps it.
    package let certificates: [OCSPCertID]
    /// 1 to 128 bytes (RFC 9654, 2.1, which widens RFC 8954).
    package let nonce: [UInt8]?
    package let der: [UInt8]

    package static let limit = 16_384
    /// More questions in one request are refused.
    package static let maximumCount = 100

    /// For a client.
    package init(certificates: [OCSPCertID], nonce: [UInt8]?) {
        self.certificates = certificates
        self.nonce = nonce
        let list = DER.sequence(certificates.map { DER.sequence([$0.der]) })
        let extensions = nonce.map { [DER.explicit(2, CertificateExtension.sequence([.ocspNonce($0)]))] } ?? []
        der = DER.sequence([DER.sequence([list] + extensions)])
    }

    /// Bytes from outside.
    package init(der: [UInt8]) throws(Refusal) {
        let parsed = try reading(.ocspRequest) { () throws(DERFault) in
            try ParsedOCSPRequest(DERElement(parsing: der, limit: OCSPRequest.limit))
        }
        self.der = der
        certificates = parsed.certificates
        nonce = parsed.nonce
    }
}

private struct ParsedOCSPRequest {
    var certificates: [OCSPCertID] = []
    var nonce: [UInt8]?

    init(_ element: DERElement) throws(DERFault) {
        let body = try element.sequence { members throws(DERFault) in
            let body = try members.required()
            _ = members.optional(0xA0)
            return body
        }
        let (list, extensions) = try body.sequence { members throws(DERFault) in
            if let version = members.optional(0xA0) {
                // DEFAULT v1, and there is no other.
                throw .malformed("version \(version.identifierText)")
            }
            _ = members.optional(0xA1)
            let list = try members.required()
            guard let tagged = members.optional(0xA2) else { return (list, [CertificateExtension]()) }
            let extensions = try tagged.sequence(0xA2) { inner throws(DERFault) in
                try CertificateExtension.readList(inner.required())
            }
            return (list, extensions)
        }
        for each in try list.list(limit: OCSPRequest.maximumCount) {
            certificates.append(
                try each.sequence { members throws(DERFault) in
                    let name = try OCSPCertID(members.required())
                    if let tagged = members.optional(0xA0) {
                        let extensions = try tagged.sequence(0xA0) { inner throws(DERFault) in
                            try CertificateExtension.readList(inner.required())
                        }
                        guard !extensions.contains(where: \.critical) else {
                            throw .unsupported("critical extension")
                        }
                    }
                    return name
                })
        }
        guard !certificates.isEmpty else { throw .malformed("nothing is asked") }
        nonce = try OCSPNonce.read(extensions)
    }
}

/// The nonce extension (RFC 6960, 4.4.1).
enum OCSPNonce {
    static func read(_ extensions: [CertificateExtension]) throws(DERFault) -> [UInt8]? {
        var nonce: [UInt8]?
        for each in extensions {
            if each.oid == .ocspNonce {
                let bytes = try DERElement(parsing: each.value, limit: 256).octetString()
                guard (1...128).contains(bytes.count) else { throw .malformed("length of the nonce") }
                nonce = Array(bytes)
            } else if each.critical {
                throw .unsupported("critical extension \(each.oid)")
            }
        }
        return nonce
    }
}

extension CertificateExtension {
    static func ocspNonce(_ nonce: [UInt8]) -> Self { .raw(.ocspNonce, value: DER.octetString(nonce)) }
}
