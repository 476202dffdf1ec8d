import Cryptography
import Groundwork
import TestSupport

/// The small authority's OCSP responder.
struct TestResponder: Sendable {
    let authority: TestAuthority
    let now: Instant

    func good(_ certificate: Certificate) async throws -> [UInt8] {
        try await answer(certificate, .good)
    }

    func answer(_ certificate: Certificate, _ status: OCSPStatus) async throws -> [UInt8] {
        let single = OCSPSingleResponse(
            certificate: OCSPCertID(issuer: authority.issuing, serialNumber: certificate.serialNumber), status: status,
            thisUpdate: now.truncatedToSecond, nextUpdate: now.truncatedToSecond.adding(seconds: 3600))
        return try await OCSPResponseBody(
            responder: authority.responder.key.publicKey, producedAt: now.truncatedToSecond, responses: [single]
        ).signed(by: SoftwareSigner(authority.responder.key), certificates: [authority.responder.certificate])
    }
}
