package import Groundwork

/// A time stamp token (RFC 3161, 2.4.2): a SignedData around a TSTInfo.
package struct TimeStampToken: Sendable {
    package let der: [UInt8]
    package let info: TimeStampInfo
    package let signedData: SignedData

    /// Makes a token: signed attributes with ESSCertIDv2 (RFC 5816), for all three families.
    ///
    /// - Parameter certificates: the chain above the authority's certificate, put in with it if the request asks.
    package static func make(
        _ info: TimeStampInfo, signer: some Signer, certificate: Certificate, certificates: [Certificate] = [],
        includingCertificates: Bool
    ) async throws -> [UInt8] {
        let draft = try SignedDataDraft(
            content: info.der, type: .timeStampInfo, signer: certificate, certificates: certificates)
        let signature = try await signer.sign(draft.bytesToSign)
        return try includingCertificates
            ? draft.assembled(signature: signature) : draft.assembledWithoutCertificates(signature: signature)
    }

    /// Bytes from outside.
    package init(der: [UInt8]) throws(Refusal) {
        let signedData = try SignedData(der: der)
        guard signedData.contentType == .timeStampInfo, let content = signedData.content else {
            throw .cryptography(.malformed, .timeStampToken, "content \(signedData.contentType)")
        }
        self.der = der
        self.signedData = signedData
        info = try reading(.timeStampToken) { () throws(DERFault) in
            try TimeStampInfo(DERElement(parsing: content, limit: 65_536))
        }
    }

    /// Checks imprint, signature and the certificate's one purpose: timeStamping alone, critical (RFC 3161, 2.3), a key
    /// usage that signs, no authority; and that it was valid at the stated time. Whether its chain is trusted is
    /// ``ChainValidation``'s.
    ///
    /// - Returns: the authority's certificate.
    package func verify(
        over message: [UInt8], among others: [Certificate] = []
    ) throws(Refusal) -> Certificate {
        guard info.imprint.hash == info.imprint.digest.hash(message), info.imprint.digest != .sha1 else {
            throw .cryptography(.answerUnacceptable, .timeStampToken, "imprint")
        }
        return try verifiedAuthority(among: others)
    }

    /// The same for the answer to a request: nonce, policy and imprint must agree.
    package func verify(
        answering request: TimeStampRequest, among others: [Certificate] = []
    ) throws(Refusal) -> Certificate {
        guard info.imprint == request.imprint, info.nonce == request.nonce,
            request.policy == nil || request.policy == info.policy
        else { throw .cryptography(.answerUnacceptable, .timeStampToken, "the token answers another request") }
        return try verifiedAuthority(among: others)
    }

    private func verifiedAuthority(among others: [Certificate]) throws(Refusal) -> Certificate {
        let certificate = try signedData.verifyContent(among: others)
        guard SignerPurpose.timeStamping.defect(of: certificate) == nil, certificate.isValid(at: info.time) else {
            throw .cryptography(.signatureInvalid, .timeStampToken, "the certificate is no authority's")
        }
        return certificate
    }
}
