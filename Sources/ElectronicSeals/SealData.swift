package import Cryptography
package import Groundwork

/// Seal data, version 4 (GB/T 38540-2020, 6.1):
///
///     SESeal ::= SEQUENCE {
///         eSealInfo   SES_SealInfo,
///         cert        OCTET STRING,          -- the seal maker's certificate
///         signAlgID   OBJECT IDENTIFIER,
///         signedValue BIT STRING }           -- over DER(eSealInfo)
///
/// The standard knows SM2 with SM3 alone. For P-256 and RSA the same structure names ecdsa-with-SHA256 or
/// sha256WithRSAEncryption: a departure, for documents that readers outside the country are to check.
package struct SealData: Hashable, Sendable {
    package let information: SealInformation
    /// DER(eSealInfo) as it was signed or came.
    package let signedBytes: [UInt8]
    package let makerCertificate: [UInt8]
    package let algorithm: OID
    package let signature: [UInt8]
    package let der: [UInt8]

    package static let largest = 1 << 20

    package init(information: SealInformation, makerCertificate: [UInt8], algorithm: OID, signature: [UInt8]) {
        self.information = information
        self.signedBytes = information.der
        self.makerCertificate = makerCertificate
        self.algorithm = algorithm
        self.signature = signature
        self.der = DER.sequence([
            signedBytes, DER.octetString(makerCertificate), algorithm.der, DER.bitString(signature),
        ])
    }

    /// Reads seal data from outside.
    package init(der: [UInt8]) throws(Refusal) {
        do {
            let parts = try DERElement(parsing: der, limit: Self.largest).sequence { seal throws(DERFault) in
                let information = try seal.required()
                return (
                    information: try SealInformation(information), signedBytes: information.encoded,
                    maker: Array(try seal.required().octetString()), algorithm: try seal.required().oid(),
                    signature: try seal.required().bitStringBytes()
                )
            }
            self.information = parts.information
            self.signedBytes = parts.signedBytes
            self.makerCertificate = parts.maker
            self.algorithm = parts.algorithm
            self.signature = parts.signature
            self.der = der
        } catch {
            throw Refusal(ElectronicSealsRefusal.malformedSeal, detail: "\(error)", facts: ["what": "SESeal"])
        }
    }

    /// Whether the maker's certificate inside signed what the seal says.
    package func isSignedByItsMaker() -> Bool {
        guard let maker = try? Certificate(der: makerCertificate), let algorithm = SignatureAlgorithm(oid: algorithm),
            maker.publicKey.fits(algorithm)
        else { return false }
        return maker.publicKey.verifies(signature, over: signedBytes)
    }

    /// GB/T 38540-2020, 7.1: the maker's signature, and a path from the maker's certificate to the anchors at the time
    /// of making. The signature alone says nothing, for anybody can put a certificate of their own inside.
    package func isMadeUnder(anchors: [Certificate], intermediates: [Certificate]) -> Bool {
        guard isSignedByItsMaker(), let maker = try? Certificate(der: makerCertificate) else { return false }
        return maker.facts.keyUsage != nil
            && ChainValidation.validate(
                maker, intermediates: intermediates, anchors: anchors, at: information.createdAt, for: .serviceSigning
            ).isValid
    }
}
