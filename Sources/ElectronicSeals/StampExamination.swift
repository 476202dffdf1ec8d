import Cryptography
import Groundwork
import PortableDocuments

/// What the bytes of one stamp show by themselves, with nothing but the anchors.
struct StampExamination {
    private(set) var outcomes: [StampCheck: StampOutcome] = [:]
    private(set) var certificate: Certificate?
    private(set) var stampedAt: Instant?

    init(_ embedded: EmbeddedSignature, of document: [UInt8], anchors: [Certificate]) {
        for check in StampCheck.allCases { outcomes[check] = .fails("not reached") }
        note(.wholeFile, embedded.coversWholeFile && embedded.coversWholeRevision, "something was appended")
        let signed: SignedData
        do { signed = try SignedData(der: embedded.contents) } catch {
            outcomes[.form] = .fails(error.detail)
            return
        }
        guard signed.signers.count == 1, let signer = signed.signers.first else {
            outcomes[.form] = .fails("expected one signer")
            return
        }
        noteForm(embedded, signed, signer)
        let digest = signer.digest.hash(embedded.signedBytes(of: document))
        note(
            .integrity, signer.signedValue(.attributeMessageDigest) == DER.octetString(digest),
            "the document is not what was signed")
        // Whose signature it is said to be counts for the checks that follow even where the content was changed.
        guard let claimed = signed.certificate(of: signer) else {
            outcomes[.signature] = .fails("no certificate")
            return
        }
        certificate = claimed
        do {
            let verified = try signed.verify(contentDigest: digest)
            note(.signature, verified == claimed, "another certificate")
            outcomes[.signingCertificate] = .holds
        } catch {
            let signatureHolds = claimed.publicKey.verifies(signer.signature, over: signer.signedBytes)
            note(.signature, signatureHolds, error.detail)
            note(.signingCertificate, error.detail != "signing certificate" && signatureHolds, error.detail)
        }
        noteTime(signer, signed.certificates, anchors)
        guard let stampedAt else { return }
        note(.certificateChain, Self.trusted(claimed, signed.certificates, anchors, at: stampedAt), "no valid path")
        note(.purpose, (try? StampChecks.purpose(of: claimed)) != nil, "not a signature certificate")
    }

    /// PAdES baseline (EN 319 142-1, 6.3): ETSI.CAdES.detached, signing-certificate-v2, no signing-time; for SM2 the
    /// content types of GB/T 35275.
    private mutating func noteForm(
        _ embedded: EmbeddedSignature, _ signed: SignedData, _ signer: SignedData.SignerInfo
    ) {
        let national = signed.outerType == .gmSignedData && signed.contentType == .gmData
        let international = signed.outerType == .cmsSignedData && signed.contentType == .cmsData
        note(
            .form,
            embedded.subFilter.hasSuffix("ETSI.CAdES.detached") && signed.content == nil
                && (signer.digest == .sm3 ? national : international)
                && signer.signedValue(.attributeSigningCertificateV2) != nil
                && signer.signedValue(.attributeSigningTime) == nil,
            "not a PAdES baseline signature")
    }

    private mutating func noteTime(
        _ signer: SignedData.SignerInfo, _ certificates: [Certificate], _ anchors: [Certificate]
    ) {
        guard let der = signer.timeStampToken else {
            outcomes[.timeStamp] = .fails("there is none")
            return
        }
        do {
            let token = try TimeStampToken(der: der)
            let authority = try token.verify(over: signer.signature, among: certificates)
            let known = token.signedData.certificates + certificates
            guard Self.trusted(authority, known, anchors, at: token.info.time) else {
                outcomes[.timeStamp] = .fails("the time stamp authority is not trusted")
                return
            }
            stampedAt = token.info.time
            outcomes[.timeStamp] = .holds
        } catch { outcomes[.timeStamp] = .fails("\(error)") }
    }

    private static func trusted(
        _ certificate: Certificate, _ others: [Certificate], _ anchors: [Certificate], at instant: Instant
    ) -> Bool {
        ChainValidation.validate(
            certificate, intermediates: others.filter { $0 != certificate }, anchors: anchors, at: instant
        ).isValid
    }

    private mutating func note(_ check: StampCheck, _ holds: Bool, _ otherwise: String) {
        outcomes[check] = holds ? .holds : .fails(otherwise)
    }
}
