package import Groundwork

/// A CMS SignedData in the making: what is to be signed first, the whole once it is signed.
///
/// For SM2 the content types and algorithms are those of GB/T 35275, for P-256 and RSA those of RFC 5652 and 5754.
package struct SignedDataDraft: Sendable {
    package let signer: Certificate
    /// Further certificates that travel along; the signer's is always there.
    package let certificates: [Certificate]
    package let algorithm: SignatureAlgorithm
    package let attributes: CMSSignedAttributes
    /// The content inside, or `nil` for a detached signature.
    package let content: [UInt8]?
    private let outerType: OID
    private let version: Int

    /// A detached signature over content with this digest (of the algorithm's own digest: SM3 or SHA-256).
    package init(detachedOver contentDigest: [UInt8], signer: Certificate, certificates: [Certificate] = [])
        throws(Refusal)
    {
        let algorithm = try SignedDataDraft.algorithm(of: signer)
        let national = algorithm == .sm2WithSM3
        try self.init(
            algorithm: algorithm, outerType: national ? .gmSignedData : .cmsSignedData,
            contentType: national ? .gmData : .cmsData, contentDigest: contentDigest, content: nil, version: 1,
            signer: signer, certificates: certificates)
    }

    /// A signature with its content inside: a time stamp token, whose outer type RFC 3161, 2.4.2 fixes as
    /// id-signedData for every algorithm.
    init(content: [UInt8], type: OID, signer: Certificate, certificates: [Certificate]) throws(Refusal) {
        let algorithm = try SignedDataDraft.algorithm(of: signer)
        try self.init(
            algorithm: algorithm, outerType: .cmsSignedData, contentType: type,
            contentDigest: algorithm.digest.hash(content), content: content, version: 3, signer: signer,
            certificates: certificates)
    }

    private init(
        algorithm: SignatureAlgorithm, outerType: OID, contentType: OID, contentDigest: [UInt8], content: [UInt8]?,
        version: Int, signer: Certificate, certificates: [Certificate]
    ) throws(Refusal) {
        guard contentDigest.count == algorithm.digest.length else {
            throw .cryptography(.malformed, .signedData, "digest of \(contentDigest.count) bytes")
        }
        self.signer = signer
        self.certificates = certificates
        self.algorithm = algorithm
        self.content = content
        self.outerType = outerType
        self.version = version
        attributes = CMSSignedAttributes(
            contentType: contentType, messageDigest: contentDigest, signer: signer, digest: algorithm.digest)
    }

    private static func algorithm(of signer: Certificate) throws(Refusal) -> SignatureAlgorithm {
        guard let family = signer.publicKey.family else { throw .cryptography(.unsupportedAlgorithm, .signedData) }
        return family.signatureAlgorithm
    }

    /// What the key signs: the signed attributes as a SET.
    package var bytesToSign: [UInt8] { attributes.der }

    /// The whole, as ContentInfo. The time stamp token is over the signature (``signatureImprint(_:)``).
    package func assembled(signature: [UInt8], timeStampToken: [UInt8]? = nil) -> [UInt8] {
        let unsigned = timeStampToken.map {
            DER.element(0xA1, CMSAttribute.der(.attributeSignatureTimeStamp, $0))
        }
        let signerInfo = DER.sequence([
            DER.integer(1), DER.sequence([signer.issuer.der, signer.serialNumber.der]), digestIdentifier,
            DER.retagged(attributes.der, 0xA0), signatureIdentifier, DER.octetString(signature), unsigned ?? [],
        ])
        var unique: [Certificate] = []
        for certificate in [signer] + certificates where !unique.contains(certificate) { unique.append(certificate) }
        let signedData = DER.sequence([
            DER.integer(version), DER.set([digestIdentifier]),
            DER.sequence([
                attributes.contentType.der, content.map { DER.explicit(0, DER.octetString($0)) } ?? [],
            ]),
            DER.retagged(DER.set(unique.map(\.der)), 0xA0), DER.set([signerInfo]),
        ])
        return DER.sequence([outerType.der, DER.explicit(0, signedData)])
    }

    /// The same without the certificates that the draft was given: for a time stamp request without certReq.
    func assembledWithoutCertificates(signature: [UInt8]) throws(Refusal) -> [UInt8] {
        try reading(.signedData) { () throws(DERFault) in
            try SignedDataDraft.removingCertificates(assembled(signature: signature))
        }
    }

    private static func removingCertificates(_ der: [UInt8]) throws(DERFault) -> [UInt8] {
        try DERElement(parsing: der, limit: der.count).sequence { outer throws(DERFault) in
            let type = try outer.required().oid()
            let inner = try outer.required().sequence(0xA0) { tagged throws(DERFault) in try tagged.required() }
            var members = try inner.members()
            var kept: [[UInt8]] = []
            while let next = members.next() { if next.identifier != 0xA0 { kept.append(next.encoded) } }
            return DER.sequence([type.der, DER.explicit(0, DER.sequence(kept))])
        }
    }

    private var digestIdentifier: [UInt8] { algorithm.digest.identifier }

    /// RSA: rsaEncryption, as every reader knows it (RFC 3370, 3.2). SM2: in the national types as GB/T 35275 names it;
    /// in plain CMS, such as a time stamp token, SM2 with SM3 as certificates name it (GM/T 0006), which readers of
    /// CMS look for.
    private var signatureIdentifier: [UInt8] {
        switch algorithm {
        case .sm2WithSM3 where outerType == .cmsSignedData: algorithm.identifier
        case .sm2WithSM3: DER.sequence([OID.sm2Signature.der])
        case .ecdsaWithSHA256: algorithm.identifier
        case .rsaWithSHA256: DER.sequence([OID.rsaEncryption.der, DER.null])
        }
    }
}
