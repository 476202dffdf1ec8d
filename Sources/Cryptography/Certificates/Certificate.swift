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
    /// How it is written where there is a choice.
    package let form: CertificateForm

    /// No certificate that we read is larger.
    package static let limit = 65_536

    /// Bytes from outside: strict DER, version 3 (or 1 without extensions, as old roots are), at most 64 KiB.
    package convenience init(der: [UInt8]) throws(Refusal) { try self.init(der: der, knownKey: nil) }

    private convenience init(der: [UInt8], knownKey: PublicKey?) throws(Refusal) {
        let (parts, parsed) = try reading(.certificate) { () throws(DERFault) in
            let parts = try SignedParts(DERElement(parsing: der, limit: Certificate.limit))
            return (parts, try ParsedCertificate(parts.body, outerAlgorithm: parts.algorithmIdentifier))
        }
        try self.init(
            der: der, tbs: parts.body.encoded, parsed, algorithmIdentifier: parts.algorithmIdentifier,
            signature: parts.signature, knownKey: knownKey)
    }

    private init(
        der: [UInt8], tbs: [UInt8], _ parsed: ParsedCertificate, algorithmIdentifier: [UInt8], signature: [UInt8],
        knownKey: PublicKey?
    ) throws(Refusal) {
        self.der = der
        self.tbs = tbs
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
        signatureAlgorithmIdentifier = algorithmIdentifier
        self.signature = signature
        facts = parsed.facts
        form = parsed.form
    }

    /// The same certificate with another signature.
    private init(_ other: Certificate, signature: [UInt8]) {
        der = DER.sequence([other.tbs, other.signatureAlgorithmIdentifier, DER.bitString(signature)])
        tbs = other.tbs
        serialNumber = other.serialNumber
        issuer = other.issuer
        notBefore = other.notBefore
        notAfter = other.notAfter
        subject = other.subject
        publicKey = other.publicKey
        extensions = other.extensions
        signatureAlgorithm = other.signatureAlgorithm
        signatureAlgorithmIdentifier = other.signatureAlgorithmIdentifier
        self.signature = signature
        facts = other.facts
        form = other.form
    }

    /// Joins body, algorithm and signature. A caller who has the subject's key already spares its making again.
    package static func assemble(
        body tbs: [UInt8], algorithm: SignatureAlgorithm, signature: [UInt8], publicKey: PublicKey? = nil
    ) throws(Refusal) -> Certificate {
        try Certificate(der: SignedEnvelope.assemble(tbs, algorithm, signature), knownKey: publicKey)
    }

    /// What a body will be once it is signed, read from its bytes as a relying party reads them; the signature is
    /// empty until ``signed(_:)``.
    ///
    /// - Parameter issuer: the issuer's name, if the caller has it: equal bytes are not read again.
    package static func unsigned(
        body tbs: [UInt8], algorithm: SignatureAlgorithm, publicKey: PublicKey? = nil, issuer: DistinguishedName? = nil
    ) throws(Refusal) -> Certificate {
        let identifier = algorithm.identifier
        let parsed = try reading(.certificate) { () throws(DERFault) in
            try ParsedCertificate(
                DERElement(parsing: tbs, limit: Certificate.limit), outerAlgorithm: identifier, knownIssuer: issuer)
        }
        return try Certificate(
            der: SignedEnvelope.assemble(tbs, algorithm, []), tbs: tbs, parsed, algorithmIdentifier: identifier,
            signature: [], knownKey: publicKey)
    }

    /// The same body with its signature. What was read stays read: only the envelope is written anew.
    package func signed(_ signature: [UInt8]) -> Certificate { Certificate(self, signature: signature) }

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

/// How a certificate is written where readers accept more than one form.
package struct CertificateForm: Hashable, Sendable {
    /// As its INTEGER says: 2 is version 3, 0 (left out) version 1.
    package var version: Int
    /// The identifier bytes of the two times.
    package var notBeforeType: UInt8
    package var notAfterType: UInt8
    /// issuerUniqueID or subjectUniqueID is there.
    package var hasUniqueIdentifiers: Bool
}

/// TBSCertificate taken apart.
private struct ParsedCertificate {
    let serialNumber: SerialNumber
    let algorithm: AlgorithmIdentifier
    let issuer: DistinguishedName
    let notBefore: Instant
    let notAfter: Instant
    let subject: DistinguishedName
    let publicKey: DERElement
    let extensions: [CertificateExtension]
    let facts: CertificateFacts
    let form: CertificateForm

    init(
        _ body: DERElement, outerAlgorithm: [UInt8], knownIssuer: DistinguishedName? = nil
    ) throws(DERFault) {
        var members = try body.members()
        let version = try members.optional(0xA0)?.sequence(0xA0) { inner throws(DERFault) in
            try inner.required().integer()
        }
        guard version != 0, version ?? 0 <= 2, version ?? 0 >= 0 else { throw .malformed("version") }
        serialNumber = try SerialNumber(members.required())
        let identifier = try members.required()
        guard identifier.encoded == outerAlgorithm else {
            throw .malformed("inner and outer signature algorithm differ")
        }
        algorithm = try AlgorithmIdentifier(identifier)
        let issuerElement = try members.required()
        if let knownIssuer, knownIssuer.der == issuerElement.encoded {
            issuer = knownIssuer
        } else {
            issuer = try DistinguishedName(issuerElement)
        }
        let (first, last) = try members.required().sequence { times throws(DERFault) in
            (try times.required(), try times.required())
        }
        (notBefore, notAfter) = (try first.time(), try last.time())
        subject = try DistinguishedName(members.required())
        publicKey = try members.required()
        // Unique identifiers are of version 2 and not to be written (RFC 5280, 4.1.2.8); read and passed over.
        var hasUniqueIdentifiers = false
        if version ?? 0 >= 1 {
            for tag in [0x81, 0x82] as [UInt8] where members.optional(tag) != nil { hasUniqueIdentifiers = true }
        }
        var extensions: [CertificateExtension] = []
        if version == 2, let tagged = members.optional(0xA3) {
            extensions = try tagged.sequence(0xA3) { inner throws(DERFault) in
                try CertificateExtension.readList(inner.required())
            }
        }
        guard members.next() == nil else { throw .malformed("unexpected element at the end of the body") }
        self.extensions = extensions
        facts = try CertificateFacts(extensions)
        form = CertificateForm(
            version: version ?? 0, notBeforeType: first.identifier, notAfterType: last.identifier,
            hasUniqueIdentifiers: hasUniqueIdentifiers)
    }
}
