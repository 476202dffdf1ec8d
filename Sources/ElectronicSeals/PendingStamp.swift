package import Cryptography
package import Groundwork
package import PortableDocuments

/// What is to be stamped, with which seal, where.
package struct StampOrder: Sendable {
    package var document: [UInt8]
    package var seal: SealIdentifier
    /// The certificate on the key that is inserted, DER; refused unless the seal names it.
    package var certificate: [UInt8]
    /// Counted from 1.
    package var page: Int
    /// The middle of the seal, in millimetres from the displayed page's left and upper edge.
    package var centreMillimetresFromLeft: Double
    package var centreMillimetresFromTop: Double

    package init(
        document: [UInt8], seal: SealIdentifier, certificate: [UInt8], page: Int, centreMillimetresFromLeft: Double,
        centreMillimetresFromTop: Double
    ) {
        self.document = document
        self.seal = seal
        self.certificate = certificate
        self.page = page
        self.centreMillimetresFromLeft = centreMillimetresFromLeft
        self.centreMillimetresFromTop = centreMillimetresFromTop
    }
}

/// A document that lacks nothing but the signature: waits for the holder's key.
package struct PendingStamp: Sendable {
    package let seal: Seal
    package let certificate: Certificate
    package let documentHash: [UInt8]
    package let draft: StampDraft
    /// DER(signedAttrs) as a SET: exactly what the signature key signs (RFC 5652, 5.4; GB/T 35275, 8.2).
    package var toBeSigned: [UInt8] { signedData.bytesToSign }
    let signedData: SignedDataDraft

    /// What a card is given: SM3(Z_A ‖ M) for SM2, else SHA-256(M).
    package var digestToSign: [UInt8] { certificate.publicKey.digestToSign(toBeSigned) }
}

/// A sealed document, verified and recorded.
package struct SealedDocument: Sendable {
    package let stamp: StampIdentifier
    package let seal: Seal
    package let bytes: [UInt8]
    package let certificate: Certificate
    package let signedAttributes: [UInt8]
    package let signature: [UInt8]
    /// The time stamp's time.
    package let stampedAt: Instant
}
