package import Groundwork

/// A certificate (RFC 5280), immutable: what its bytes say, read once.
package final class Certificate: Sendable {
    package let der: [UInt8]
    /// DER TBSCertificate: what was signed.
    package let tbs: [UInt8]
    package let serialNumber: SerialNumber
    package let issuer: DistinguishedName
    package let notBefore: Instant
    package let notAfter: Instant
    package let subject: DistinguishedName
    package let publicKey: PublicKey
    package let extensions: [CertificateExtension]
    /// `nil` for an algorithm that is not ours.
    package let signatureAlgorithm: SignatureAlgorithm?
    /// The AlgorithmIdentifier as it came.
    package let signatureAlgorithmIdentifier: [UInt8]
    package let signature: [UInt8]
    /// What our own extensions say, where they are there.
    package let facts: CertificateFacts

    /// No certificate that we read is larger.
    package static let limit = 65_536

    /// Bytes from outside: strict DER, version 3 (or 1 without extensions, as old roots are), at most 64 KiB.
    package convenience init(der: [UInt8]) throws(Refusal) { try self.init(der: der, knownKey: nil) }

    private init(der: [UInt8], knownKey: PublicKey?) throws(Refusal) {
        let parsed = try reading(.certificate) { () throws(DERFault) in
            try ParsedCertificate(DERElement(parsing: der, limit: Certificate.limit))
        }
        self.der = der
        tbs = parsed.parts.body.encoded
        serialNumber = parsed.serialNumber
        issuer = parsed.issuer
        notBefore = parsed.notBefore
        notAfter = parsed.notAfter
        subject = parsed.subject
        if let knownKey, knownKey.spki == parsed.publicKey.encoded {
            publicKey = knownKey
        } else {
            publicKey = try PublicKey(parsed.publicKey)
        }
        extensions = parsed.extensions
        signatureAlgorithm = parsed.algorithm.signature
        signatureAlgorithmIdentifier = parsed.parts.algorithmIdentifier
        signature = parsed.parts.signature
        facts = parsed.facts
    }

    /// Joins body, algorithm and signature. A caller who has the subject's key already spares its making again.
    package static func assemble(
        body tbs: [UInt8], algorithm: SignatureAlgorithm, signature: [UInt8], publicKey: PublicKey? = nil
    ) throws(Refusal) -> Certificate {
        try Certificate(der: SignedEnvelope.assemble(tbs, algorithm, signature), knownKey: publicKey)
    }

    /// Whether the key made the signature; `false` also if key and algorithm do not go together.
    package func isSigned(by key: PublicKey) -> Bool {
        guard let algorithm = signatureAlgorithm, key.fits(algorithm) else { return false }
        return key.verifies(signature, over: tbs, digest: algorithm.digest)
    }

    package var pem: String { PEM.encode("CERTIFICATE", der) }

    /// SHA-256 over the certificate, the name that people compare.
    package var fingerprint: [UInt8] { DigestAlgorithm.sha256.hash(der) }

    package var isSelfIssued: Bool { issuer == subject }

    package func isValid(at instant: Instant) -> Bool {
        notBefore <= instant.truncatedToSecond && instant.truncatedToSecond <= notAfter
    }

    package func value(of oid: OID) -> CertificateExtension? { extensions.first { $0.oid == oid } }
}

extension Certificate: Hashable {
    package static func == (left: Certificate, right: Certificate) -> Bool { left.der == right.der }
    package func hash(into hasher: inout Hasher) { hasher.combine(serialNumber) }
}

/// TBSCertificate taken apart.
private struct ParsedCertificate {
    var parts: SignedParts
    var serialNumber: SerialNumber
    var algorithm: AlgorithmIdentifier
    var issuer: DistinguishedName
    var notBefore: Instant
    var notAfter: Instant
    var subject: DistinguishedName
    var publicKey: DERElement
    var extensions: [CertificateExtension]
    var facts: CertificateFacts

    init(_ element: DERElement) throws(DERFault) {
        let parts = try SignedParts(element)
        self = try parts.body.sequence { members throws(DERFault) in
            let version = try members.optional(0xA0)?.sequence(0xA0) { inner throws(DERFault) in
                try inner.required().integer()
            }
            guard version != 0, version ?? 0 <= 2, version ?? 0 >= 0 else { throw .malformed("version") }
            let serialNumber = try SerialNumber(members.required())
            let algorithm = try members.required()
            guard algorithm.encoded == parts.algorithmIdentifier else {
                throw .malformed("inner and outer signature algorithm differ")
            }
            let issuer = try DistinguishedName(members.required())
            let (notBefore, notAfter) = try members.required().sequence { times throws(DERFault) in
                (try times.required().time(), try times.required().time())
            }
            let subject = try DistinguishedName(members.required())
            let publicKey = try members.required()
            // Unique identifiers are of version 2 and not to be written (RFC 5280, 4.1.2.8); read and passed over.
            if version ?? 0 >= 1 {
                _ = members.optional(0x81)
                _ = members.optional(0x82)
            }
            var extensions: [CertificateExtension] = []
            if version == 2, let tagged = members.optional(0xA3) {
                extensions = try tagged.sequence(0xA3) { inner throws(DERFault) in
                    try CertificateExtension.readList(inner.required())
                }
            }
            return ParsedCertificate(
                parts: parts, serialNumber: serialNumber, algorithm: try AlgorithmIdentifier(algorithm),
                issuer: issuer, notBefore: notBefore, notAfter: notAfter, subject: subject, publicKey: publicKey,
                extensions: extensions, facts: try CertificateFacts(extensions))
        }
    }

    private init(
        parts: SignedParts, serialNumber: SerialNumber, algorithm: AlgorithmIdentifier, issuer: DistinguishedName,
        notBefore: Instant, notAfter: Instant, subject: DistinguishedName, publicKey: DERElement,
        extensions: [CertificateExtension], facts: CertificateFacts
    ) {
        self.parts = parts
        self.serialNumber = serialNumber
        self.algorithm = algorithm
        self.issuer = issuer
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.subject = subject
        self.publicKey = publicKey
        self.extensions = extensions
        self.facts = facts
    }
}
