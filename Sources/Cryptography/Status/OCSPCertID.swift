/// The name of a certificate in OCSP (RFC 6960, 4.1.1): its issuer by two digests, and its serial number.
package struct OCSPCertID: Hashable, Sendable {
    package let digest: DigestAlgorithm
    package let issuerNameHash: [UInt8]
    package let issuerKeyHash: [UInt8]
    package let serialNumber: SerialNumber
    /// As it came, or as we write it: an answer repeats the question's bytes.
    package let der: [UInt8]

    package init(
        digest: DigestAlgorithm, issuerNameHash: [UInt8], issuerKeyHash: [UInt8], serialNumber: SerialNumber
    ) {
        self.digest = digest
        self.issuerNameHash = issuerNameHash
        self.issuerKeyHash = issuerKeyHash
        self.serialNumber = serialNumber
        der = DER.sequence([
            digest.identifierWithNull, DER.octetString(issuerNameHash), DER.octetString(issuerKeyHash),
            serialNumber.der,
        ])
    }

    package init(issuer: Certificate, serialNumber: SerialNumber, digest: DigestAlgorithm = .sha1) {
        self.init(
            issuerName: issuer.subject, issuerKey: issuer.publicKey, serialNumber: serialNumber, digest: digest)
    }

    /// The key's digest is over the content of the BIT STRING (4.1.1).
    package init(
        issuerName: DistinguishedName, issuerKey: PublicKey, serialNumber: SerialNumber,
        digest: DigestAlgorithm = .sha1
    ) {
        self.init(
            digest: digest, issuerNameHash: digest.hash(issuerName.der),
            issuerKeyHash: digest.hash(issuerKey.subjectPublicKey), serialNumber: serialNumber)
    }

    /// A name from outside.
    package static func read(_ element: DERElement) throws(DERFault) -> OCSPCertID { try OCSPCertID(element) }

    init(_ element: DERElement) throws(DERFault) {
        (digest, issuerNameHash, issuerKeyHash, serialNumber) = try element.sequence { members throws(DERFault) in
            (
                try DigestAlgorithm.read(members.required()), Array(try members.required().octetString()),
                Array(try members.required().octetString()), try SerialNumber(members.required())
            )
        }
        guard issuerNameHash.count == digest.length, issuerKeyHash.count == digest.length else {
            throw .malformed("length of a digest")
        }
        der = element.encoded
    }

    /// Two names are the same if they say the same, whether the digest's parameters are NULL or absent.
    package static func == (left: Self, right: Self) -> Bool {
        left.serialNumber == right.serialNumber && left.digest == right.digest
            && left.issuerKeyHash == right.issuerKeyHash && left.issuerNameHash == right.issuerNameHash
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(serialNumber)
        hasher.combine(issuerKeyHash)
    }
}
