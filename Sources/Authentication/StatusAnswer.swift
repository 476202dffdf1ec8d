import Cryptography
import Groundwork

/// Reads a signed OCSP answer about one certificate.
enum StatusAnswer {
    /// - Throws: unless the answer is authentic, current and says good.
    static func check(
        _ der: [UInt8], about certificate: Certificate, issuers: [Certificate], at instant: Instant
    ) throws(Refusal) {
        guard let issuer = issuers.issuer(of: certificate) else {
            throw Refusal(AuthenticationRefusal.statusUnavailable, detail: "no issuer")
        }
        let status: OCSPStatus
        do { status = try self.status(der, about: certificate, issuer: issuer, at: instant) } catch {
            throw Refusal(AuthenticationRefusal.statusUnavailable, detail: "\(error)")
        }
        switch status {
        case .good: return
        case .revoked(_, .certificateHold): throw Refusal(AuthenticationRefusal.certificateSuspended)
        case .revoked: throw Refusal(AuthenticationRefusal.certificateRevoked)
        case .unknown: throw Refusal(AuthenticationRefusal.statusUnavailable, detail: "unknown")
        }
    }

    /// The question may have been asked with any digest: the answer tells which.
    private static func status(
        _ der: [UInt8], about certificate: Certificate, issuer: Certificate, at instant: Instant
    ) throws(Refusal) -> OCSPStatus {
        let response = try OCSPResponse(der: der)
        let names = [DigestAlgorithm.sha1, .sha256, .sm3].map {
            OCSPCertID(issuer: issuer, serialNumber: certificate.serialNumber, digest: $0)
        }
        let name = names.first { response.basic?.response(for: $0) != nil } ?? names[0]
        return try response.verifiedStatus(of: name, issuer: issuer, at: instant).status
    }
}

/// The same question, years later, of evidence.
enum EvidenceStatus {
    static func outcome(of parts: EvidenceParts, anchors: [Certificate]) -> EvidenceOutcome {
        do {
            try StatusAnswer.check(
                parts.statusAnswer, about: parts.certificate, issuers: parts.chain + anchors, at: parts.verifiedAt)
            return .holds
        } catch { return .fails(error.code) }
    }
}
