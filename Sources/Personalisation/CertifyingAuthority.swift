package import AgentProtocol
package import Cryptography
package import SecurityKeys

/// What a plan needs of the certificate authority. Every function may be asked again with the same effect.
package protocol CertifyingAuthority: Sendable {
    /// The certificate for this wish; the same reference gets the same certificate, so that nothing is charged twice.
    func certify(_ wish: CertificateWish) async throws -> Certificate
    /// The certificate that was issued under a reference, if any.
    func certificate(under reference: String) async throws -> Certificate?
    /// Makes certificates valid for login and sealing.
    /// - Returns: those that cannot be: they were revoked, or were not activated in time.
    func activate(_ certificates: [Certificate]) async throws -> [Certificate]
    /// Revokes certificates; those already revoked stay as they are.
    func revoke(_ certificates: [Certificate], because ending: CertificateEnding) async throws
}

/// Why a plan ends a certificate.
package enum CertificateEnding: String, Sendable, CaseIterable {
    /// Another took its place (RFC 5280, 5.3.1: superseded).
    case superseded
    /// It was never activated (cessationOfOperation).
    case neverActivated
    /// The security key was lost (keyCompromise).
    case lost
}

/// What one certificate is asked for with.
package struct CertificateWish: Sendable {
    /// Names the plan's step: `plan_…/authentication/1`.
    package var reference: String
    package var profile: String
    package var purpose: KeyPurpose
    package var holder: KeyHolder
    /// PKCS#10, DER; verified, and its public key is the one that the security key made.
    package var request: [UInt8]
    package var medium: MediumNumber
    package var place: KeyPlace
    package var model: String
    package var stock: KeyStock
    package var origin: KeyOrigin
}

/// Is told of each named step of a plan. What it throws stops the plan as a kill would: nothing is tidied up.
package typealias PlanObserver = @Sendable (_ step: String) async throws -> Void
