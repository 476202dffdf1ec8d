package import Groundwork

/// A certification request, PKCS#10 (RFC 2986).
package final class CertificateRequest: Sendable {
    package let der: [UInt8]
    /// DER CertificationRequestInfo: what was signed.
    package let info: [UInt8]
    package let subject: DistinguishedName
    package let publicKey: PublicKey
    package let attributes: [Attribute]
    /// `nil` for an algorithm that this authority does not sign with itself.
    package let signatureAlgorithm: SignatureAlgorithm?
    /// The same for every algorithm that a request may be signed with.
    package let signedWith: RequestSignature
    package let signature: [UInt8]

    package struct Attribute: Hashable, Sendable {
        package let type: OID
        /// The members of the SET, complete elements.
        package let values: [[UInt8]]
    }

    /// Bytes from outside: strict DER, version 1, at most 64 KiB and 32 attributes.
    package init(der: [UInt8]) throws(Refusal) {
        let parsed = try reading(.certificateRequest) { () throws(DERFault) in
            try ParsedRequest(DERElement(parsing: der, limit: 65_536))
        }
        self.der = der
        info = parsed.parts.body.encoded
        subject = parsed.subject
        publicKey = try PublicKey(parsed.publicKey)
        attributes = parsed.attributes
        signatureAlgorithm = parsed.algorithm
        signedWith = parsed.signedWith
        signature = parsed.parts.signature
    }

    /// Proof of possession: the signature is by the key in the request: SM2 with the standard identifier,
    /// ECDSA and RSA with SHA-256, SHA-384 or SHA-512, RSASSA-PSS.
    package func signatureIsValid() -> Bool {
        signedWith.isValid(signature, over: info, by: publicKey)
    }

    /// DER CertificationRequestInfo without attributes.
    package static func body(subject: DistinguishedName, publicKey: PublicKey) -> [UInt8] {
        DER.sequence([
            DER.integer(0), subject.der, publicKey.spki, DER.implicit(0, constructed: true, content: []),
        ])
    }

    package static func assemble(info: [UInt8], algorithm: SignatureAlgorithm, signature: [UInt8]) -> [UInt8] {
        SignedEnvelope.assemble(info, algorithm, signature)
    }

    package var pem: String { PEM.encode("CERTIFICATE REQUEST", der) }
}

private struct ParsedRequest {
    let parts: SignedParts
    let algorithm: SignatureAlgorithm?
    let signedWith: RequestSignature
    let subject: DistinguishedName
    let publicKey: DERElement
    let attributes: [CertificateRequest.Attribute]

    init(_ element: DERElement) throws(DERFault) {
        parts = try SignedParts(element)
        let identifier = try AlgorithmIdentifier(DERElement(parsing: parts.algorithmIdentifier, limit: 65_536))
        algorithm = identifier.signature
        signedWith = try RequestSignature(identifier)
        (subject, publicKey, attributes) = try parts.body.sequence { members throws(DERFault) in
            guard try members.required().integer() == 0 else { throw .malformed("version") }
            let subject = try DistinguishedName(members.required())
            let publicKey = try members.required()
            var attributes: [CertificateRequest.Attribute] = []
            // Some programs leave out the empty set that RFC 2986 asks for; they are read.
            if let set = members.optional(0xA0) {
                for attribute in try set.list(0xA0, limit: 32) {
                    attributes.append(
                        try attribute.sequence { pair throws(DERFault) in
                            CertificateRequest.Attribute(
                                type: try pair.required().oid(),
                                values: try pair.required().list(0x31, limit: 32).map(\.encoded))
                        })
                }
            }
            return (subject, publicKey, attributes)
        }
    }
}
