/// What one needs of millions of certificates at a time, read without the rest: which it is, and what was signed.
package struct CertificateHeader: Sendable, Hashable {
    /// `nil` where it has not the form of our own.
    package let serialNumber: SerialNumber?
    /// SHA-256 of the TBSCertificate.
    package let bodyDigest: [UInt8]

    /// `nil` where the bytes do not begin as a certificate does.
    package init?(der: [UInt8]) {
        guard let element = try? DERElement(parsing: der, limit: Certificate.limit),
            var members = try? element.members(), let body = members.next(), var fields = try? body.members(),
            fields.optional(0xA0) != nil, let serial = fields.optional(0x02)
        else { return nil }
        serialNumber = SerialNumber(serial.content)
        bodyDigest = DigestAlgorithm.sha256.hash(body.encoded)
    }
}
