package import Groundwork

/// A to-be-signed certificate (RFC 5280, 4.1.2), version 3.
package struct CertificateBody: Sendable {
    package var serialNumber: SerialNumber
    package var signatureAlgorithm: SignatureAlgorithm
    package var issuer: DistinguishedName
    package var notBefore: Instant
    package var notAfter: Instant
    package var subject: DistinguishedName
    package var publicKey: PublicKey
    package var extensions: [CertificateExtension]

    package init(
        serialNumber: SerialNumber, signatureAlgorithm: SignatureAlgorithm, issuer: DistinguishedName,
        notBefore: Instant, notAfter: Instant, subject: DistinguishedName, publicKey: PublicKey,
        extensions: [CertificateExtension]
    ) {
        self.serialNumber = serialNumber
        self.signatureAlgorithm = signatureAlgorithm
        self.issuer = issuer
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.subject = subject
        self.publicKey = publicKey
        self.extensions = extensions
    }

    /// DER TBSCertificate.
    package var der: [UInt8] {
        DER.sequence([
            DER.explicit(0, [0x02, 0x01, 0x02]), serialNumber.der, signatureAlgorithm.identifier, issuer.der,
            DER.sequence([DER.time(notBefore), DER.time(notAfter)]), subject.der, publicKey.spki,
            extensions.isEmpty ? [] : DER.explicit(3, CertificateExtension.sequence(extensions)),
        ])
    }

    /// Signs the body and reads the result back.
    package func signed(by signer: some Signer) async throws -> Certificate {
        let body = der
        let signature = try await signer.sign(body)
        return try Certificate.assemble(
            body: body, algorithm: signatureAlgorithm, signature: signature, publicKey: publicKey)
    }
}

/// `SEQUENCE { toBeSigned, algorithm, BIT STRING }`: what certificates, requests and lists have in common.
enum SignedEnvelope {
    static func assemble(_ body: [UInt8], _ algorithm: SignatureAlgorithm, _ signature: [UInt8]) -> [UInt8] {
        DER.sequence([body, algorithm.identifier, DER.bitString(signature)])
    }
}

/// The three parts of a signed structure, as they came.
struct SignedParts: Sendable {
    let body: DERElement
    /// The AlgorithmIdentifier's bytes: a certificate must repeat them inside.
    let algorithmIdentifier: [UInt8]
    let algorithmOID: OID
    let signature: [UInt8]

    init(_ element: DERElement) throws(DERFault) {
        self = try element.sequence { members throws(DERFault) in
            let body = try members.required()
            let algorithm = try members.required()
            let oid = try AlgorithmIdentifier(algorithm).oid
            return SignedParts(
                body: body, algorithmIdentifier: algorithm.encoded, algorithmOID: oid,
                signature: try members.required().bitStringBytes())
        }
    }

    private init(body: DERElement, algorithmIdentifier: [UInt8], algorithmOID: OID, signature: [UInt8]) {
        self.body = body
        self.algorithmIdentifier = algorithmIdentifier
        self.algorithmOID = algorithmOID
        self.signature = signature
    }
}

/// An AlgorithmIdentifier from outside.
struct AlgorithmIdentifier: Sendable {
    let oid: OID
    let parameters: DERElement?

    init(_ element: DERElement) throws(DERFault) {
        (oid, parameters) = try element.sequence { members throws(DERFault) in
            (try members.required().oid(), members.next())
        }
    }

    /// The signature algorithm, if it is one of ours: parameters absent or NULL, as both occur in the field
    /// (GB/T 20518 certificates of real authorities carry NULL with SM2).
    var signature: SignatureAlgorithm? {
        guard parameters.map({ $0.encoded == DER.null }) ?? true else { return nil }
        return SignatureAlgorithm(oid: oid)
    }
}
