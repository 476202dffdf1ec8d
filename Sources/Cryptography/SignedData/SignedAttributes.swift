/// The signed attributes of a CAdES baseline signature in PDF (ETSI EN 319 142-1, 6.3; RFC 5652, 11; RFC 5035):
/// contentType, messageDigest, signing-certificate-v2. No signing-time: PAdES takes it from the signature dictionary.
package struct CMSSignedAttributes: Hashable, Sendable {
    package let contentType: OID
    package let messageDigest: [UInt8]
    package let signingCertificateV2: [UInt8]

    package init(contentType: OID, messageDigest: [UInt8], signer: Certificate, digest: DigestAlgorithm) {
        self.contentType = contentType
        self.messageDigest = messageDigest
        signingCertificateV2 = ESSCertificate.attributeValue(signer, digest: digest)
    }

    /// DER `SET OF Attribute`, sorted: the very bytes that are signed (RFC 5652, 5.4).
    package var der: [UInt8] {
        DER.set([
            CMSAttribute.der(.attributeContentType, contentType.der),
            CMSAttribute.der(.attributeMessageDigest, DER.octetString(messageDigest)),
            CMSAttribute.der(.attributeSigningCertificateV2, signingCertificateV2),
        ])
    }
}

/// An attribute of a SignerInfo.
package struct CMSAttribute: Hashable, Sendable {
    package let type: OID
    /// The members of the SET, complete elements.
    package let values: [[UInt8]]

    static func der(_ type: OID, _ value: [UInt8]) -> [UInt8] { DER.sequence([type.der, DER.element(0x31, value)]) }

    init(_ element: DERElement) throws(DERFault) {
        (type, values) = try element.sequence { members throws(DERFault) in
            (try members.required().oid(), try members.required().list(0x31, limit: 16).map(\.encoded))
        }
        guard !values.isEmpty else { throw .malformed("attribute without a value") }
    }
}

/// ESSCertIDv2 (RFC 5035, 4): binds the signature to one certificate of the key.
enum ESSCertificate {
    /// SigningCertificateV2 with one ESSCertIDv2; SHA-256 is the default and therefore left out.
    static func attributeValue(_ certificate: Certificate, digest: DigestAlgorithm) -> [UInt8] {
        let issuerSerial = DER.sequence([
            DER.sequence([DER.explicit(4, certificate.issuer.der)]), certificate.serialNumber.der,
        ])
        let identifier = DER.sequence([
            digest == .sha256 ? [] : digest.identifier, DER.octetString(digest.hash(certificate.der)), issuerSerial,
        ])
        return DER.sequence([DER.sequence([identifier])])
    }

    /// Whether the first identifier in the attribute's value names this certificate; reads version 1 (SHA-1) too,
    /// as old time stamps have it.
    static func names(_ certificate: Certificate, value: [UInt8], version: Int) throws(DERFault) -> Bool {
        var outer = try DERElement(parsing: value, limit: 65_536).members()
        guard let first = try outer.required().list(limit: 16).first else { throw .malformed("no certificate named") }
        var members = try first.members()
        var digest: DigestAlgorithm = version == 1 ? .sha1 : .sha256
        if version == 2, let algorithm = members.optional(0x30) { digest = try DigestAlgorithm.read(algorithm) }
        let hash = try members.required().octetString()
        return Array(hash) == digest.hash(certificate.der)
    }
}
