package import Cryptography
package import Groundwork

import PortableDocuments

/// A stamp taken out of its document, for programs that cannot read SM2 in PDF: what was signed, the signature and the
/// key, each as a file of its own.
///
///     openssl dgst -sm3 -verify public-key.pem -sigopt distid:1234567812345678 -signature signature.bin
///     signed-attributes.der
///
/// For P-256 and RSA: `openssl dgst -sha256 -verify public-key.pem -signature signature.bin signed-attributes.der`.
package struct SealExport: Sendable {
    package let family: AlgorithmFamily
    /// DER(signedAttrs) as a SET: the very bytes that were signed.
    package let signedAttributes: [UInt8]
    /// DER SEQUENCE { r, s } for SM2 and ECDSA.
    package let signature: [UInt8]
    package let certificate: Certificate
    package let issuers: [Certificate]
    /// SM3 or SHA-256 of the bytes that the byte range names, as the message-digest attribute must say.
    package let documentDigest: [UInt8]
    /// The signed bytes of the document: all but the signature itself.
    package let signedDocumentBytes: [UInt8]
    /// RFC 3161.
    package let timeStampToken: [UInt8]?
    /// SESeal, where the stamp is on record.
    package let sealData: [UInt8]?

    /// Takes the newest stamp out of a sealed document.
    package init(document: [UInt8], sealData: SealData? = nil) throws(Refusal) {
        let signatures = try EmbeddedSignature.all(in: document)
        guard let embedded = signatures.last else { throw Refusal(ElectronicSealsRefusal.stampUnknown) }
        let signed = try SignedData(der: embedded.contents)
        guard signed.signers.count == 1, let signer = signed.signers.first,
            let certificate = signed.certificate(of: signer), let family = certificate.publicKey.family
        else { throw Refusal(ElectronicSealsRefusal.stampUnknown, detail: "no single signer of a known family") }
        self.family = family
        signedAttributes = signer.signedBytes
        signature = signer.signature
        self.certificate = certificate
        issuers = signed.certificates.filter { $0 != certificate }
        signedDocumentBytes = embedded.signedBytes(of: document)
        documentDigest = signer.digest.hash(signedDocumentBytes)
        timeStampToken = signer.timeStampToken
        self.sealData = sealData?.der
    }

    package var publicKeyPEM: String { certificate.publicKey.pem }

    /// Every file with its name.
    package var files: [(name: String, bytes: [UInt8])] {
        var files: [(name: String, bytes: [UInt8])] = [
            ("signed-attributes.der", signedAttributes), ("signature.bin", signature),
            ("public-key.pem", Array(publicKeyPEM.utf8)), ("certificate.cer", certificate.der),
            ("signed-bytes.bin", signedDocumentBytes),
        ]
        if !issuers.isEmpty {
            files.append(("issuers.pem", Array(issuers.map(\.pem).joined().utf8)))
        }
        if let timeStampToken { files.append(("time-stamp.der", timeStampToken)) }
        if let sealData { files.append(("seal.der", sealData)) }
        return files
    }

    /// How a third party checks them.
    package var command: String {
        let digest = family == .sm2 ? "-sm3" : "-sha256"
        let identifier = family == .sm2 ? " -sigopt distid:1234567812345678" : ""
        return
            "openssl dgst \(digest) -verify public-key.pem\(identifier) -signature signature.bin signed-attributes.der"
    }
}
