package import Groundwork

/// A CMS SignedData from outside (RFC 5652, 5; GB/T 35275), with signed attributes. DER only.
package struct SignedData: Sendable {
    package let der: [UInt8]
    /// id-signedData, or GB/T 35275's.
    package let outerType: OID
    package let contentType: OID
    package let content: [UInt8]?
    package let certificates: [Certificate]
    package let signers: [SignerInfo]

    package struct SignerInfo: Sendable {
        package enum Identifier: Hashable, Sendable {
            case issuerAndSerial(DistinguishedName, SerialNumber)
            case keyIdentifier([UInt8])
        }
        package let identifier: Identifier
        package let digest: DigestAlgorithm
        package let signatureAlgorithm: OID
        package let signature: [UInt8]
        package let signedAttributes: [CMSAttribute]
        /// DER of the signed attributes as a SET: the very bytes that were signed.
        package let signedBytes: [UInt8]
        package let unsignedAttributes: [CMSAttribute]

        package func signedValue(_ type: OID) -> [UInt8]? { signedAttributes.first { $0.type == type }?.values.first }

        /// The signature time stamp, if there is one.
        package var timeStampToken: [UInt8]? {
            unsignedAttributes.first { $0.type == .attributeSignatureTimeStamp }?.values.first
        }
    }

    /// Bytes from outside, at most 1 MiB.
    package init(der: [UInt8]) throws(Refusal) {
        let parsed = try reading(.signedData) { () throws(DERFault) in
            try ParsedSignedData(DERElement(parsing: der, limit: 1 << 20))
        }
        var certificates: [Certificate] = []
        for element in parsed.certificates { certificates.append(try Certificate(der: element)) }
        self.der = der
        outerType = parsed.outerType
        contentType = parsed.contentType
        content = parsed.content
        self.certificates = certificates
        signers = parsed.signers
    }

    /// The same where zeros follow, as in the space that a PDF reserves.
    package init(padded bytes: [UInt8]) throws(Refusal) {
        guard let length = DER.lengthOfFirstElement(bytes), bytes[length...].allSatisfy({ $0 == 0 }) else {
            throw .cryptography(.malformed, .signedData, "padding")
        }
        try self.init(der: Array(bytes[..<length]))
    }

    /// The certificate of a signer, among those inside and those given.
    package func certificate(of signer: SignerInfo, among others: [Certificate] = []) -> Certificate? {
        (certificates + others).first { candidate in
            switch signer.identifier {
            case .issuerAndSerial(let issuer, let serial):
                candidate.serialNumber == serial && candidate.issuer == issuer
            case .keyIdentifier(let identifier): candidate.keyIdentifier == identifier
            }
        }
    }

    /// Checks the only signer of a detached signature over content with this digest.
    package func verify(contentDigest: [UInt8], among others: [Certificate] = []) throws(Refusal) -> Certificate {
        guard signers.count == 1, content == nil else {
            throw .cryptography(.malformed, .signedData, "expected one signer and no content")
        }
        return try verify(signers[0], contentDigest: contentDigest, among: others)
    }

    /// Checks the only signer of a signature with its content inside.
    package func verifyContent(among others: [Certificate] = []) throws(Refusal) -> Certificate {
        guard signers.count == 1, let content else {
            throw .cryptography(.malformed, .signedData, "expected one signer and content")
        }
        return try verify(signers[0], contentDigest: signers[0].digest.hash(content), among: others)
    }

    /// contentType and messageDigest are right, the signature is by the certificate's key, and the certificate is the
    /// one that signing-certificate(-v2) names, which must be there. Whether it may be trusted is
    /// ``ChainValidation``'s.
    private func verify(
        _ signer: SignerInfo, contentDigest: [UInt8], among others: [Certificate]
    ) throws(Refusal) -> Certificate {
        func refuse(_ detail: String) -> Refusal { .cryptography(.signatureInvalid, .signedData, detail) }
        guard signer.signedValue(.attributeContentType) == contentType.der else { throw refuse("content type") }
        guard signer.signedValue(.attributeMessageDigest) == DER.octetString(contentDigest) else {
            throw refuse("message digest")
        }
        guard let certificate = certificate(of: signer, among: others) else { throw refuse("no certificate") }
        let named = try reading(.signedData) { () throws(DERFault) in
            if let value = signer.signedValue(.attributeSigningCertificateV2) {
                return try ESSCertificate.names(certificate, value: value, version: 2)
            }
            guard let value = signer.signedValue(.attributeSigningCertificate) else { return false }
            return try ESSCertificate.names(certificate, value: value, version: 1)
        }
        guard named else { throw refuse("signing certificate") }
        guard SignedData.fits(signer.signatureAlgorithm, signer.digest, certificate.publicKey) else {
            throw refuse("algorithm \(signer.signatureAlgorithm) with \(signer.digest.rawValue)")
        }
        guard certificate.publicKey.verifies(signer.signature, over: signer.signedBytes, digest: signer.digest) else {
            throw refuse("signature")
        }
        return certificate
    }

    /// Whether algorithm, digest and key go together.
    private static func fits(_ algorithm: OID, _ digest: DigestAlgorithm, _ key: PublicKey) -> Bool {
        switch algorithm {
        case .sm2Signature, .sm2WithSM3: key.family == .sm2 && digest == .sm3
        case .rsaEncryption: key.rsa != nil && digest != .sm3
        case .sha256WithRSAEncryption: key.rsa != nil && digest == .sha256
        case .sha384WithRSAEncryption: key.rsa != nil && digest == .sha384
        case .sha512WithRSAEncryption: key.rsa != nil && digest == .sha512
        case .ecdsaWithSHA256: key.fits(.ecdsaWithSHA256) && digest == .sha256
        case .ecdsaWithSHA384: key.fits(.ecdsaWithSHA256) && digest == .sha384
        case .ecdsaWithSHA512: key.fits(.ecdsaWithSHA256) && digest == .sha512
        default: false
        }
    }
}
